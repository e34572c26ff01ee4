# onrecord: the program alone, as a user without rights, on a file system that may be read-only.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY domain domain
COPY service service
RUN python -m venv /opt/onrecord && /opt/onrecord/bin/pip install --no-cache-dir -c constraints.txt .

FROM python:3.11-slim
COPY --from=build /opt/onrecord /opt/onrecord
ENV PATH=/opt/onrecord/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /tmp
USER 10001:10001
EXPOSE 8080
CMD ["onrecord", "serve", "--host", "0.0.0.0", "--port", "8080"]

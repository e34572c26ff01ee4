// Emmett as it comes, as a process of its own: `node peer_emmett.cjs PACKAGES URL STATEMENTS CLIENTS SECONDS`.
// So many clients append to streams of their own, each its next event when the last is stored; one process, as Node has it.
// Its store for SQLite takes one append at a time: it closes its one connection after each, under whoever else is at it
// (SQLITE_MISUSE). So there is one client there.
const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");

// SQLite may be busy with the statement before; whoever uses the store tries again then.
async function append(store, stream, event) {
  for (let tries = 1; ; tries++) {
    try {
      return await store.appendToStream(stream, [event]);
    } catch (error) {
      if (error.code !== "SQLITE_BUSY" || tries === 5) throw error;
    }
  }
}

async function main(packages, url, file, clients, seconds) {
  const bring = createRequire(`${packages}/package.json`);
  const statements = readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const store = url.startsWith("sqlite:")
    ? bring("@event-driven-io/emmett-sqlite").getSQLiteEventStore({ fileName: url.slice("sqlite:///".length) })
    : bring("@event-driven-io/emmett-postgresql").getPostgreSQLEventStore(url);
  const run = `${process.pid}-${Date.now()}`;
  await store.appendToStream(`claim-${run}`, [{ type: "opened", data: {} }]); // makes its tables
  const latencies = [];
  let next = 0;
  const began = performance.now();
  const client = async (number) => {
    for (;;) {
      const sent = performance.now();
      if (next >= statements.length || sent - began > Number(seconds) * 1000) return;
      const { type, data } = statements[next++];
      await append(store, `claim-${run}-${number}`, { type, data });
      latencies.push((performance.now() - sent) / 1000);
    }
  };
  await Promise.all(Array.from({ length: url.startsWith("sqlite:") ? 1 : Number(clients) }, (_, number) => client(number)));
  const taken = (performance.now() - began) / 1000;
  console.log(JSON.stringify({ count: latencies.length, seconds: taken, latencies }));
  process.exit(0);
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(String(error?.stack ?? error).split("\n")[0]);
  process.exit(1);
});

"""What statements are made of: who speaks, in which script, about what, and where it can be read.

The institutions and publishers exist; the people are invented, and so is all they say.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Desk:
    """A party that speaks in public, and sentences as its spokespersons say them."""

    name: str
    kind: str
    country: str | None
    speaker: str
    role: str
    lang: str
    sentences: tuple[str, ...]


DESKS = (
    Desk(
        *("Russian Foreign Ministry", "ministry", "RU", "М. П. Иванова", "spokesperson", "ru"),
        (
            "Эти сообщения не соответствуют действительности.",
            "Контакты с корейской стороной по этой теме не проводились.",
            "Мы не комментируем рабочие поездки дипломатов.",
            "Официальной делегации в Москве не принимали.",
        ),
    ),
    Desk(
        *("South Korean Foreign Ministry", "ministry", "KR", "김민서", "spokesperson", "ko"),
        (
            "외교 사안에 대해 구체적으로 확인해 드릴 수 없습니다.",
            "정부는 관련 동향을 예의주시하고 있습니다.",
            "한러 양측은 필요한 소통을 이어가고 있습니다.",
            "보도 내용은 사실과 다릅니다.",
        ),
    ),
    Desk(
        *("Chinese Foreign Ministry", "ministry", "CN", "王明", "spokesperson", "zh-Hans"),
        (
            "我不了解你提到的情况。",
            "中方在这个问题上的立场是一贯的、明确的。",
            "有关报道毫无根据，纯属捏造。",
            "希望有关各方为政治解决创造条件。",
        ),
    ),
    Desk(
        *("Iranian Foreign Ministry", "ministry", "IR", "رضا محمدی", "spokesperson", "fa"),
        (
            "این گزارش‌ها را به‌طور کامل تکذیب می‌کنیم.",
            "هیچ مذاکره‌ای در این باره در دستور کار نیست.",
            "پیام‌ها از طریق میانجی رد و بدل می‌شود.",
        ),
    ),
    Desk(
        *("Israeli Prime Minister's Office", "state", "IL", "יעל כהן", "spokesperson", "he"),
        (
            "אין לנו תגובה לדיווחים בתקשורת הזרה.",
            "הפרסום אינו נכון ולא התקיימה פגישה כזאת.",
            "ישראל לא תנהל משא ומתן תחת אש.",
        ),
    ),
    Desk(
        *("Egyptian Foreign Ministry", "ministry", "EG", "أحمد حسن", "spokesperson", "ar"),
        (
            "تواصل مصر جهودها مع الأطراف كافة للتوصل إلى تهدئة.",
            "لا صحة لما تداولته بعض وسائل الإعلام في هذا الشأن.",
            "جرت المباحثات في القاهرة على مستوى الوفود الفنية.",
        ),
    ),
    Desk(
        *("Ukrainian Foreign Ministry", "ministry", "UA", "О. М. Шевченко", "spokesperson", "uk"),
        (
            "Жодних таких переговорів українська сторона не вела.",
            "Ми закликаємо покладатися лише на офіційні джерела.",
        ),
    ),
    Desk(
        *("Japanese Ministry of Foreign Affairs", "ministry", "JP", "佐藤健一", "press secretary", "ja"),
        (
            "外交上のやり取りの詳細についてはお答えを差し控えます。",
            "政府として引き続き情報収集と分析に努めてまいります。",
        ),
    ),
    Desk(
        *("US State Department", "ministry", "US", "J. Miller", "spokesperson", "en"),
        (
            "I am not going to get ahead of private diplomatic conversations.",
            "We have seen those reports; I would refer you to the parties themselves.",
            "No decision of that kind has been made by the Secretary.",
        ),
    ),
    Desk(
        *("Turkish Presidency", "state", "TR", "Mehmet Yılmaz", "communications director", "tr"),
        (
            "Söz konusu iddialar tamamen asılsızdır.",
            "Türkiye, taraflar arasındaki görüşmelere ev sahipliği yapmaya hazırdır.",
        ),
    ),
    Desk(
        *("French Foreign Ministry", "ministry", "FR", "C. Dupont", "porte-parole", "fr"),
        (
            "Nous ne commentons pas le contenu de nos échanges diplomatiques.",
            "La France rappelle son attachement au respect du cessez-le-feu.",
        ),
    ),
    Desk(
        *("Indian Ministry of External Affairs", "ministry", "IN", "अनिल कुमार", "spokesperson", "hi"),
        (
            "हमने इस विषय पर आई ख़बरें देखी हैं; वे निराधार हैं।",
            "दोनों पक्ष राजनयिक माध्यमों से संपर्क में बने हुए हैं।",
        ),
    ),
    Desk(
        *("International Atomic Energy Agency", "io", None, "A. Example", "Director General", "en"),
        (
            "Agency inspectors have not been able to verify this.",
            "The Agency was informed of it in a letter yesterday evening.",
        ),
    ),
    Desk(
        *("Qatari Foreign Ministry", "ministry", "QA", "خالد العلي", "spokesperson", "ar"),
        (
            "الاتصالات مع الطرفين مستمرة ولم تتوقف.",
            "ما نُشر لا يعكس حقيقة ما جرى في الدوحة.",
        ),
    ),
)

TOPICS = (
    *("north-korea", "russia-south-korea", "ceasefire", "hostages", "prisoner-exchange", "sanctions"),
    *("nuclear-talks", "grain-corridor", "troop-withdrawal", "border", "airspace", "back-channel"),
)
PLACES = ("Moscow", "Seoul", "Cairo", "Doha", "Geneva", "Ankara", "Muscat", "Beijing", "Vienna", "Istanbul")
FORMS = ("a meeting", "a call", "a visit", "a letter", "a deployment", "an exchange")
PUBLISHERS = (
    *(("Yonhap", "yna.co.kr"), ("Interfax", "interfax.ru"), ("Reuters", "reuters.com"), ("Xinhua", "news.cn")),
    *(("Haaretz", "haaretz.co.il"), ("Al-Ahram", "ahram.org.eg"), ("IRNA", "irna.ir"), ("Kyodo", "kyodonews.jp")),
    *(("Ukrinform", "ukrinform.ua"), ("Anadolu", "aa.com.tr"), ("AFP", "afp.com"), ("The Hindu", "thehindu.com")),
)
SUMMARIES = {
    "reported": "Reported that {form} in {place} took place and that both sides kept it out of the protocol.",
    "alleged": "Says that the other side asked for {form} in {place} and then denied having done so.",
    "confirmed": "Confirms {form} in {place}, without naming who took part or what was agreed.",
    "acknowledged": "Concedes that there was {form} in {place}, and disputes what it was about.",
    "denied": "Says that {form} in {place} never happened and that the reports are unfounded.",
    "countered": "Gives another account of {form} in {place}: another day, other people, another subject.",
    "dismissed": "Attacks those who reported {form} in {place} and does not answer the question.",
    "ncnd": "Neither confirms nor denies {form} in {place}, as it says it never does.",
    "declined": "Declines to comment on {form} in {place}.",
    "unaware": "Says that it knows nothing of {form} in {place} and is looking into it.",
    "deflected": "Refers all questions about {form} in {place} to the other capital.",
}

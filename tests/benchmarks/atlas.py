"""More to make statements of, for records that grow: who there is in the world, where, and what is talked about.

Countries, cities and institutions exist; the surnames are common ones; nothing was said by any of them.
"""

from __future__ import annotations

from tests.benchmarks.vocabulary import DESKS, PUBLISHERS, Desk

# How a country's institutions are called, and its code.
COUNTRIES = (
    *(("Albanian", "AL"), ("Algerian", "DZ"), ("Argentine", "AR"), ("Armenian", "AM"), ("Australian", "AU")),
    *(("Austrian", "AT"), ("Azerbaijani", "AZ"), ("Bahraini", "BH"), ("Bangladeshi", "BD"), ("Belarusian", "BY")),
    *(("Belgian", "BE"), ("Bolivian", "BO"), ("Brazilian", "BR"), ("British", "GB"), ("Bulgarian", "BG")),
    *(("Cambodian", "KH"), ("Canadian", "CA"), ("Chilean", "CL"), ("Colombian", "CO"), ("Croatian", "HR")),
    *(("Cuban", "CU"), ("Cypriot", "CY"), ("Czech", "CZ"), ("Danish", "DK"), ("Dutch", "NL"), ("Ecuadorian", "EC")),
    *(("Emirati", "AE"), ("Eritrean", "ER"), ("Estonian", "EE"), ("Ethiopian", "ET"), ("Finnish", "FI")),
    *(("Georgian", "GE"), ("German", "DE"), ("Greek", "GR"), ("Hungarian", "HU"), ("Indonesian", "ID")),
    *(("Iraqi", "IQ"), ("Irish", "IE"), ("Italian", "IT"), ("Jordanian", "JO"), ("Kazakh", "KZ"), ("Kenyan", "KE")),
    *(("Kuwaiti", "KW"), ("Latvian", "LV"), ("Lebanese", "LB"), ("Libyan", "LY"), ("Lithuanian", "LT")),
    *(("Malaysian", "MY"), ("Mexican", "MX"), ("Moldovan", "MD"), ("Mongolian", "MN"), ("Moroccan", "MA")),
    *(("Nigerian", "NG"), ("Norwegian", "NO"), ("Omani", "OM"), ("Pakistani", "PK"), ("Peruvian", "PE")),
    *(("Philippine", "PH"), ("Polish", "PL"), ("Portuguese", "PT"), ("Romanian", "RO"), ("Rwandan", "RW")),
    *(("Saudi", "SA"), ("Serbian", "RS"), ("Singaporean", "SG"), ("Slovak", "SK"), ("Somali", "SO")),
    *(("South African", "ZA"), ("Spanish", "ES"), ("Sudanese", "SD"), ("Swedish", "SE"), ("Swiss", "CH")),
    *(("Syrian", "SY"), ("Thai", "TH"), ("Tunisian", "TN"), ("Ugandan", "UG"), ("Uzbek", "UZ"), ("Venezuelan", "VE")),
)
OFFICES = (
    *(("Foreign Ministry", "ministry"), ("Defence Ministry", "ministry"), ("Presidency", "state")),
    *(("Embassy in Geneva", "mission"), ("Border Guard", "agency"), ("Intelligence Service", "agency")),
)
CITIES = (
    *("Abu Dhabi", "Addis Ababa", "Aleppo", "Almaty", "Ankara", "Asmara", "Astana", "Baghdad", "Baku", "Beijing"),
    *("Beirut", "Belgrade", "Berlin", "Bogotá", "Bratislava", "Brussels", "Bucharest", "Budapest", "Cairo", "Caracas"),
    *("Chișinău", "Damascus", "Djibouti", "Doha", "Dubai", "Geneva", "Grozny", "Hanoi", "Havana", "Helsinki"),
    *("Istanbul", "Jakarta", "Jeddah", "Jerusalem", "Juba", "Kabul", "Khartoum", "Kigali", "Kinshasa", "Kyiv"),
    *("Larnaca", "Lima", "Lisbon", "Ljubljana", "Lusaka", "Luxembourg", "Madrid", "Manama", "Manila", "Minsk"),
    *("Mogadishu", "Moscow", "Muscat", "Nairobi", "New York", "Nicosia", "Odesa", "Oslo", "Panmunjom", "Paris"),
    *("Port Sudan", "Prague", "Pristina", "Pyongyang", "Rabat", "Riga", "Riyadh", "Rome", "Sanaa", "Sarajevo"),
    *("Seoul", "Shanghai", "Skopje", "Sochi", "Sofia", "Stockholm", "Tallinn", "Tashkent", "Tbilisi", "Tehran"),
    *("The Hague", "Tirana", "Tokyo", "Tripoli", "Tunis", "Ulaanbaatar", "Vienna", "Vilnius", "Vladivostok", "Yerevan"),
)
SUBJECTS = (
    *("prisoners of war", "enriched uranium", "the grain corridor", "frozen assets", "a ceasefire line"),
    *("overflight rights", "a naval incident", "consular access", "extradition", "fishing quotas", "gas transit"),
    *("a hostage list", "humanitarian convoys", "an arms shipment", "ballistic missiles", "drone components"),
    *("border demarcation", "customs duties", "an election observer mission", "a visa waiver", "water rights"),
    *("a cyber intrusion", "deported children", "an energy embargo", "military advisers", "a mutual defence pact"),
    *("satellite imagery", "a port lease", "sanctions relief", "a summit", "a currency swap", "the return of remains"),
    *("undersea cables", "chemical precursors", "the expulsion of diplomats", "a peacekeeping mandate"),
)
TOPICS = (
    *("ceasefire", "sanctions", "hostages", "nuclear-talks", "border", "arms-transfers", "energy", "consular"),
    *("cyber", "airspace", "maritime", "prisoner-exchange", "north-korea", "grain-corridor", "elections", "water"),
    *("refugees", "debt", "fisheries", "satellites", "chemical-weapons", "peacekeeping", "trade", "back-channel"),
)
SURNAMES = (
    *("Abebe", "Ahmed", "Andersen", "Bakker", "Bauer", "Borisov", "Castro", "Chen", "Costa", "Demir", "Dimitrov"),
    *("Fernández", "Fischer", "García", "Haddad", "Hansen", "Horvat", "Hussein", "Ivanov", "Jansen", "Kaya", "Khan"),
    *("Kim", "Kovács", "Kowalski", "Larsen", "Lee", "López", "Mwangi", "Nagy", "Nguyen", "Novák", "Okafor", "Omar"),
    *("Park", "Pereira", "Petrov", "Popescu", "Rahman", "Rossi", "Sato", "Schmidt", "Shevchenko", "Silva", "Singh"),
    *("Suzuki", "Tanaka", "Tesfaye", "Tran", "Vasile", "Wang", "Weber", "Yılmaz", "Zhang", "Zulu", "Åkesson"),
)


def _gather_voices() -> tuple[Desk, ...]:
    press = [Desk(name, "media", None, "the newsroom", "editors", "en", DESKS[8].sentences) for name, _ in PUBLISHERS]
    states = [
        Desk(f"{of} {office}", kind, code, SURNAMES[n % len(SURNAMES)], "spokesperson", "en", DESKS[8].sentences)
        for office, kind in OFFICES
        for n, (of, code) in enumerate(COUNTRIES)
    ]
    return (*DESKS[8:9], *DESKS[:8], *DESKS[9:], *press, *states)


VOICES = _gather_voices()  # the most talkative first: the n-th speaks about one n-th as often as the first

"""Prose that never was: several paragraphs of a language, the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Language:
    """Sentences with gaps, and the words that fill each gap; gaps of one name agree in grammar."""

    sentences: Sequence[str]
    words: Mapping[str, Sequence[str]]

    def paragraphs(self, seed: str, number: int) -> tuple[str, ...]:
        """Return *number* paragraphs of three sentences each; no sentence comes twice."""
        chance = Random(seed)
        order = chance.sample(self.sentences, len(self.sentences))
        filled = [self._filled(order[n % len(order)], chance) for n in range(3 * number)]
        return tuple(" ".join(filled[n : n + 3]) for n in range(0, len(filled), 3))

    def _filled(self, sentence: str, chance: Random) -> str:
        text = sentence.format(**{gap: chance.choice(words) for gap, words in self.words.items()})
        return text[0].upper() + text[1:]


ENGLISH = Language(
    (
        "{when} {who} {where} talked for three hours about {what}, and agreed on very little.",
        "Nobody who has seen {what} doubts that {who} were right to ask for help so early.",
        "The council keeps its files on {what} in a cellar that floods {when}.",
        "{who} said that they had repaired {what} with their own money, and would do so again.",
        "A first report, which {who} read aloud {where}, names {number} reasons for the delay.",
        "What becomes of {what} is to be decided {when}, once the estimate lies on the table.",
        "There is coffee {where} in the meantime, and {who} bring the cake.",
        "The oldest photograph of {what} was taken {where} by a teacher on her way home.",
        "Of the {number} letters that reached the paper, most came from {who}.",
        "The mayor, asked about {what}, pointed at the rain and promised an answer {when}.",
        "{who} have counted {number} visitors {where} since the gates were opened.",
        "It is {number} years since anybody has painted {what}, and it shows.",
    ),
    {
        "who": (
            "the ferrymen", "the teachers of the river school", "the volunteers", "two engineers",
            "the neighbours", "the bakers of Mill Street", "the librarians", "the choir's basses",
            "the tram drivers", "the beekeepers", "the nurses of the night shift", "the anglers",
        ),
        "what": (
            "the swing bridge", "the old mill", "the town archive", "the north pier",
            "the school garden", "the lighthouse", "the market hall", "the cinema organ",
            "the water tower", "the tram depot", "the stone weir", "the reading room",
        ),
        "where": (
            "on the quay", "in the town hall", "behind the station", "at the lock", "in the chapel",
            "under the plane trees", "in the brewery yard", "at the corner of Ropewalk",
        ),
        "when": (
            "on Monday evening", "last autumn", "every spring", "before the holidays", "in June",
            "at the end of the month", "on the first warm day", "after the second reading",
        ),
        "number": ("three", "seven", "eleven", "fourteen", "twenty-two", "thirty", "sixty-one"),
    },
)  # fmt: skip

RUSSIAN = Language(
    (
        "{when} {who} {where} три часа обсуждали {what}, но так и не пришли к общему мнению.",
        "Все, кто видел {what}, согласны: {who} поступили верно, когда попросили о помощи.",
        "Документы про {what} городской совет хранит в подвале, который заливает {when}.",
        "{who} рассказали, что привели в порядок {what} на собственные деньги.",
        "В отчёте, который {who} прочитали вслух {where}, названо {number} причин задержки.",
        "Что делать дальше, решат {when}, когда смета будет лежать на столе.",
        "Пока же {where} можно выпить чаю, а {who} приносят к нему пироги.",
        "Самую старую фотографию, на которой видно {what}, сделала учительница по дороге домой.",
        "Из {number} писем, которые получила редакция, почти все написали {who}.",
        "Мэр города на вопрос про {what} показал на дождь и обещал ответить {when}.",
        "С тех пор как открыли ворота, {who} насчитали {where} больше гостей, чем ожидали.",
        "Уже много лет никто не красил {what}, и это хорошо заметно даже {when}.",
    ),
    {
        "who": (
            "паромщики", "учителя речной школы", "добровольцы", "инженеры порта", "соседи",
            "пекари с Мельничной улицы", "библиотекари", "певцы городского хора",
            "водители трамваев", "пчеловоды", "медсёстры ночной смены", "рыбаки",
        ),
        "what": (
            "разводной мост", "старую мельницу", "городской архив", "северный причал",
            "школьный сад", "маяк у залива", "крытый рынок", "орган в кинотеатре",
            "водонапорную башню", "трамвайное депо", "каменную плотину", "читальный зал",
        ),
        "where": (
            "на набережной", "в ратуше", "за вокзалом", "у шлюза", "в часовне", "под липами",
            "во дворе пивоварни", "на углу Канатной улицы",
        ),
        "when": (
            "в понедельник вечером", "прошлой осенью", "каждую весну", "перед праздниками",
            "в июне", "в конце месяца", "в первый тёплый день", "после второго чтения",
        ),
        "number": ("семи", "одиннадцати", "двадцати", "тридцати", "сорока", "шестидесяти"),
    },
)  # fmt: skip

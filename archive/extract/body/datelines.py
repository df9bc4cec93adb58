"""Lines that say when a page was published or changed, or how long it takes to read."""

from __future__ import annotations

import re

_CHANGED_TEXT = """
    published updated posted modified publié mis modifié veröffentlicht aktualisiert stand zuletzt
    publicado actualizado atualizado pubblicato aggiornato gepubliceerd bijgewerkt publisert
    oppdatert publicerad uppdaterad opublikowano aktualizacja опубликовано обновлено đăng nhật
"""
_CHANGED = frozenset(_CHANGED_TEXT.split())
_DATE_WORDS = """
    jan feb mar apr may jun jul aug sep sept oct nov dec mär mrz mai okt dez janv févr avr juil
    août déc ene abr ago dic gen mag giu lug set ott fev maio out maj kwi cze lip sie wrz paź
    lis gru january february march april june july august september october november december
    januar februar märz juni juli oktober dezember jänner januari februari maart mei augustus
    janvier février mars avril juin juillet septembre octobre novembre décembre enero febrero
    marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre janeiro
    fevereiro março junho julho setembro outubro novembro dezembro gennaio febbraio aprile
    maggio giugno luglio settembre ottobre dicembre desember stycznia lutego marca kwietnia maja
    czerwca lipca sierpnia września października listopada grudnia января февраля марта апреля
    мая июня июля августа сентября октября ноября декабря січня лютого березня квітня травня
    червня липня серпня вересня жовтня листопада augusti marts ledna února března dubna května
    června července srpna září října listopadu prosince ocak şubat mart nisan mayıs haziran
    temmuz ağustos eylül ekim kasım aralık ianuarie februarie martie aprilie iunie iulie
    noiembrie decembrie poniedziałek wtorek środa czwartek piątek sobota niedziela pondělí úterý
    středa čtvrtek pátek neděle mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tisdag
    lördag söndag pazartesi salı çarşamba perşembe cuma cumartesi pazar segunda terça quarta
    quinta sexta feira понедельник вторник среда четверг пятница суббота воскресенье monday
    tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat
    sun montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi
    vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo created last
    on at by the of de le la el den am um uhr vom von and à jour mise em às il alle ore op om kl
    dnia godz в г tháng ngày lúc giờ cập thứ pm a p m est edt cst cdt mst mdt pst pdt et gmt utc
    bst cet cest ist h th st nd rd date time datum
"""
_DATES = frozenset(_DATE_WORDS.split()) | _CHANGED
_READING = re.compile(
    r"(?:(?:reading time|lesezeit|lesedauer|temps de lecture|durée de lecture|tiempo de lectura"
    r"|tempo di lettura|tempo de leitura|leestijd|læsetid|lesetid|lästid|lukuaika|czas czytania"
    r"|время чтения|okuma süresi|thời gian đọc)\W*(?:ca\.? )?\d+ ?\w{1,8}\.?)"
    r"|(?:\d+[ -](?:min|mins|minutes?|minuten|minuti|minutos)\.?"
    r" (?:read|lesezeit|de lecture|de lectura|di lettura|leestijd|leitura|de leitura))",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+|\d+")


def is_dateline(text: str) -> bool:
    """Whether *text* is a date with what is written around one, the time to read it, or both."""
    unread = _READING.sub(" ", text)
    return _is_date(unread) or (unread != text and _WORD.search(unread) is None)


def tells_of_change(text: str) -> bool:
    """Whether *text* is a date, said to be that of the page; a date alone may be an event's."""
    return _is_date(text) and not _CHANGED.isdisjoint(_WORD.findall(text.casefold()))


def _is_date(text: str) -> bool:
    words = _WORD.findall(text.casefold())
    digits = sum(word.isdigit() for word in words)
    if digits < 2 and _CHANGED.isdisjoint(words):
        return False
    return bool(words) and all(word.isdigit() or word in _DATES for word in words)

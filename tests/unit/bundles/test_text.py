"""From bytes of any encoding to text, and text that can be written as UTF-8."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundles.text import Text, clean, encodable, read_text, with_emoji

ENGLISH = "# Tallyho\n\nRun `tallyho --watch` and wait until it is done.\n\n"
PARAGRAPHS = {
    "japanese": "畑の土の水分を測って、水やりの時間を知らせる小さなプログラムです。設定はファイルに書きます。",
    "chinese": "这个程序读取花园里的湿度传感器，并提醒您什么时候应该浇水。配置写在文件里。",
    "taiwanese": "這個程式讀取花園裡的濕度感測器，並提醒您什麼時候應該澆水。設定寫在檔案裡。",
    "korean": "이 프로그램은 정원의 습도를 읽고 언제 물을 주어야 하는지 알려 줍니다.",
    "russian": "Программа читает датчики влажности в саду и напоминает, когда пора поливать грядки.",
    "ukrainian": "Програма читає датчики вологості в саду й нагадує, коли час поливати їхні грядки.",
    "greek": "Το πρόγραμμα διαβάζει αισθητήρες υγρασίας στον κήπο και θυμίζει πότε χρειάζεται νερό.",
    "german": "Das Programm liest die Fühler im Garten und meldet, wann gegossen werden muß. Schöne Grüße!",
    "french": "Le programme lit les capteurs du jardin et rappelle à l’utilisateur où l’eau a été oubliée.",
    "italian": "Il programma legge i sensori: così è più facile sapere perché la terra è già asciutta, là.",
    "polish": "Program odczytuje czujniki wilgotności w ogrodzie i przypomina, żeby podlać grządki łąki.",
    "czech": "Program čte čidla vlhkosti v zahradě a připomíná, že je třeba zalít záhony měsíčků.",
    "turkish": "Program bahçedeki nem ölçerleri okur ve ne zaman sulanması gerektiğini hatırlatır; şu an ışık.",
    "icelandic": "Forritið les rakaskynjara í garðinum og minnir þig á að vökva þegar þörf krefur.",
}


@pytest.mark.parametrize("before", ["", ENGLISH], ids=["alone", "after-english"])
@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        *(("japanese", encoding) for encoding in ("shift_jis", "euc_jp", "iso2022_jp", "utf-8")),
        *(("chinese", encoding) for encoding in ("gbk", "gb18030", "utf-8")),
        ("taiwanese", "big5"),
        ("korean", "euc_kr"),
        *(("russian", encoding) for encoding in ("koi8_r", "cp1251", "cp866")),
        *(("ukrainian", encoding) for encoding in ("koi8_u", "cp1251")),
        ("greek", "cp1253"),
        *(("german", encoding) for encoding in ("cp1252", "latin_1")),
        ("french", "cp1252"),
        ("italian", "cp1252"),
        *(("polish", encoding) for encoding in ("cp1250", "iso8859_2")),
        ("czech", "cp1250"),
        ("turkish", "cp1254"),
        ("icelandic", "cp1252"),
    ],
)
def test_a_paragraph_is_read_in_the_encoding_it_was_written_in(language, encoding, before):
    text = before + PARAGRAPHS[language] + "\n"

    assert Text(text, is_readable=True) == read_text(text.encode(encoding))


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-be"]
)
def test_unicode_is_told_by_its_mark_or_by_its_nuls(encoding):
    mark = "\ufeff" if encoding == "utf-32-be" else ""

    assert "Grüße an alle" == read_text((mark + "Grüße an alle").encode(encoding)).content


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["Считает зайцев\n", "Μετρά λαγούς\n", "数野兔的程序\n", "토끼를 센다\n"]
)
def test_utf_16_of_any_letters_is_told_without_a_mark(text, encoding):
    assert text == read_text(text.encode(encoding)).content


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((text, "gbk") for text in ("网上选课系统", "学习日记", "我的主页", "野兔计数")),
        *((text, "big5") for text in ("學習日記", "畢業製作")),
        ("ウサギの数え方", "cp932"),
        ("ウサギの数え方", "euc_jp"),
    ],
)
def test_a_few_words_of_east_asia_are_read_too(text, encoding):
    assert text == read_text(text.encode(encoding)).content
    assert f"# Tallyho\n\n{text}\n" == read_text(f"# Tallyho\n\n{text}\n".encode(encoding)).content


def test_big_endian_utf_16_has_a_mark_too():
    assert "漢字" == read_text("\ufeff漢字".encode("utf-16-be")).content


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"# -*- coding: iso-8859-5 -*-\n# \xbf\xe0\xd8\xd2\xd5\xe2", "Привет"),
        (b"#!/bin/x\n# vim: set fileencoding=koi8-r :\n# \xf0\xd2\xc9\xd7\xc5\xd4", "Привет"),
        (b";; -*- mode: x; coding: iso-8859-1-unix -*-\n\xe9\xe9\xe9\xe9", "éééé"),
        (b"<?xml version='1.0' encoding='windows-1251'?><a>\xef\xe0</a>", "па"),
        (b'<html><META charset="gb2312">\xc4\xe3\xba\xc3', "你好"),
        (b"<meta http-equiv=x content='text/html; charset=Shift_JIS'>\x83e\x83X\x83g", "テスト"),
        (b"# coding: rot13\n# gr\xfcn", "grün"),
        (b"# coding: no-such-encoding\n# gr\xfcn", "grün"),
        (b"# coding: unicode_escape\n# gr\xfcn", "grün"),
        ("# coding: latin-1\n# grün".encode(), "grün"),
        ("# coding: utf-8\n# grün, schön ".encode() + b"\xff", "schön \ufffd"),
    ],
    ids=range(11),
)
def test_a_declared_encoding_is_used_where_utf_8_does_not_fit(content, text):
    assert text in read_text(content).content


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        (b"caf\xe9", "café"),
        (b"it\x92s", "it’s"),
        ("Müller ".encode() + b"\xfc" + " Größe".encode(), "Müller \ufffd Größe"),
        ("語".encode() * 5 + b"\xe8\xaa", "語語語語語\ufffd"),
        (b"\xef\xbb\xbfa\xff", "a\ufffd"),
        (b"Hello\x00World", "HelloWorld"),
        (b"Hello\n" + bytes(500), "Hello\n"),
        (b"a\r\nb\rc\x0bd\x1b[1;31mred\x1b[0m\te", "a\nb\ncdred\te"),
        ("a\u2028b\u2029c\x85d\ufeffe\u202ef\u2066g\u200fh\u00adi".encode(), "a\nb\nc\ndefghi"),
        ("e\u0301".encode(), "é"),
    ],
    ids=range(11),
)
def test_what_is_no_character_of_a_text_is_left_out(content, text):
    assert Text(text, is_readable=True) == read_text(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\x00",
        bytes(range(256)),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x08\x06",
        b"%PDF-1.7\n" + bytes(range(255, -1, -1)) * 8,
        b"\xff" * 1000,
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00" * 9,
    ],
    ids=["nul", "all", "png", "pdf", "high", "zip"],
)
def test_what_is_binary_has_no_text(content):
    assert Text("", is_readable=False) == read_text(content)


def test_a_long_file_is_looked_at_in_part():
    lines = (PARAGRAPHS["russian"] + "\n") * 2_000
    line = PARAGRAPHS["japanese"] * 1_500

    assert lines == read_text(lines.encode("cp1251")).content
    assert line == read_text(line.encode("euc_jp")).content


def test_stacked_marks_are_cut_before_they_cost_quadratic_time():
    stacked = clean("a" + "\u0315\u0300\u0327" * 100_000 + "b")

    assert 40 > len(stacked)
    assert stacked.startswith("à")
    assert stacked.endswith("b")


def test_lone_surrogates_are_replaced():
    assert "ä?😀" == encodable("ä\ud800😀")
    assert "ä\ufffd😀" == clean("ä\ud800😀")


@given(st.text())
def test_any_text_can_be_written_once_it_is_encodable(text):
    assert encodable(text) == encodable(text).encode().decode()


@given(st.binary(max_size=300))
def test_any_bytes_are_read_as_text_that_is_clean(content):
    text = read_text(content).content

    assert text == text.encode().decode()
    assert unicodedata.is_normalized("NFC", text)
    assert not any(
        unicodedata.category(character) == "Cc" and character not in "\n\t" for character in text
    )


@given(st.text(max_size=50))
def test_cleaning_twice_changes_nothing(text):
    assert clean(text) == clean(clean(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (":rocket: Sends kites :tada:", "🚀 Sends kites 🎉"),
        (":+1::sparkles:Fast", "👍✨Fast"),
        ("Ask :octocat: now", "Ask now"),
        (":shipit:", ""),
        ("at 10:30:45, 10:100:45", "at 10:30:45, 10:100:45"),
        ("std::vector, a::key::b", "std::vector, a::key::b"),
        (":no-such-code: x", ":no-such-code: x"),
        ("no code", "no code"),
    ],
)
def test_short_codes_become_emoji(text, shown):
    assert shown == with_emoji(text)


def test_what_is_left_of_a_lost_mark_is_no_text():
    content = "\ufffd\ufffd".encode() + "# Hedgehog\r\n".encode("utf-16-le")

    assert Text("# Hedgehog\n", True) == read_text(content)

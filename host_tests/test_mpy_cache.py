"""The cache of what takes seconds to make."""

import pytest

from tools.mpy import cache


def test_texts_are_made_once_and_again_when_one_of_them_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "FOLDER", tmp_path)
    asked = []

    def make(texts):
        asked.append(texts)
        return {name: text.upper() for name, text in texts.items()}

    assert cache.made_once(make, {"a": "one"}) == {"a": "ONE"}
    assert cache.made_once(make, {"a": "one"}) == {"a": "ONE"}
    assert cache.made_once(make, {"a": "two"}) == {"a": "TWO"}
    assert cache.made_once(make, {"b": "one"}) == {"b": "ONE"}
    assert asked == [{"a": "one"}, {"a": "two"}, {"b": "one"}]


def test_a_change_of_the_maker_makes_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "FOLDER", tmp_path)

    def make(texts):
        return {"made": str(len(asked))}

    asked = [1]
    assert cache.made_once(make, {}) == {"made": "1"}
    asked.append(2)
    monkeypatch.setattr(cache, "_own_sources", lambda makers: b"another version")
    assert cache.made_once(make, {}) == {"made": "2"}


def test_what_fails_is_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "FOLDER", tmp_path)

    def make(texts):
        raise SyntaxError("no")

    for _ in range(2):
        with pytest.raises(SyntaxError):
            cache.made_once(make, {"a": "one"})
    assert list(tmp_path.iterdir()) == []

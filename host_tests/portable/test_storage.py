import os

from device.storage import Storage

FILE = "test_storage.tmp"


def remove():
    for name in (FILE, FILE + ".new"):
        if name in os.listdir():
            os.remove(name)


def content():
    with open(FILE) as file:
        return file.read()


def write(text, name=FILE):
    with open(name, "w") as file:
        file.write(text)


def test_each_boot_has_the_next_number_and_the_term_is_kept():
    remove()
    first = Storage(FILE)
    first.save(7)
    second = Storage(FILE)
    remove()
    assert second.epoch == (first.epoch + 1) & 0xFF
    assert second.term == 7


def test_a_new_file_cut_at_any_byte_leaves_the_old_state():
    remove()
    storage = Storage(FILE)
    storage.save(70000)
    whole = content()
    for length in range(len(whole)):
        write(whole[:length], FILE + ".new")
        assert Storage(FILE).term == 70000
    remove()


def test_a_damaged_file_is_noticed_and_never_believed():
    remove()
    Storage(FILE).save(70000)
    whole = content()
    for at in range(len(whole)):
        damaged = chr(ord(whole[at]) ^ 1)
        write(whole[:at] + damaged + whole[at + 1 :])
        assert Storage(FILE).term in (0, 70000)
        write(whole[:at])
        assert Storage(FILE).term in (0, 70000)
    remove()


def test_a_place_that_cannot_be_written_is_noted_and_not_raised():
    storage = Storage("no such folder/state")
    assert not storage.is_writable
    storage.save(3)
    assert storage.term == 3

"""Ctrl-C waits, and is as before afterwards."""

import os
import signal

import pytest

from experiments.interrupts import Interrupts


def press():
    os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(autouse=True)
def _as_in_a_shell():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_it_waits_for_the_next_thing():
    done = []

    def work():
        with Interrupts() as interrupts:
            for thing in interrupts.between("abc"):
                if thing == "b":
                    press()
                done.append(thing)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["a", "b"]


def test_it_is_immediate_before_and_afterwards():
    interrupts = Interrupts()
    with interrupts:
        pass
    assert list(interrupts.between("ab")) == ["a", "b"]
    with pytest.raises(KeyboardInterrupt):
        press()


def test_an_error_restores_it_too():
    with pytest.raises(ZeroDivisionError), Interrupts():
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_process_that_ignores_it_goes_on_doing_so():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Interrupts() as interrupts:
        press()
        assert list(interrupts.between("ab")) == ["a", "b"]
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN

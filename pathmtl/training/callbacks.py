"""What happens between steps: progress, a checkpoint every two minutes, and a Ctrl-C that loses nothing."""

from __future__ import annotations

import signal
import threading
import time

from transformers import TrainerCallback

from pathmtl.progress import Progress

#: Seconds between checkpoints, besides those after each evaluation.
_SAVE_EVERY = 120.0


class ShowProgress(TrainerCallback):
    """Shows the steps done and the time left.

    Parameters
    ----------
    visible
        Whether to show anything.
    """

    def __init__(self, visible: bool) -> None:
        self.visible = visible

    def on_train_begin(self, args, state, control, **kwargs) -> None:
        label = "training" if not state.global_step else f"training, from step {state.global_step:,}"
        self.progress = Progress(label, state.max_steps - state.global_step, unit="step", visible=self.visible).__enter__()

    def on_step_end(self, args, state, control, **kwargs) -> None:
        self.progress.step()

    def on_train_end(self, args, state, control, **kwargs) -> None:
        self.progress.__exit__(None, None, None)


class PeriodicSave(TrainerCallback):
    """Asks for a checkpoint every two minutes, besides those that the Trainer saves after each evaluation.

    Only for a single process: the clocks of several need not agree on the step.
    """

    def on_train_begin(self, args, state, control, **kwargs) -> None:
        self.saved = time.monotonic()

    def on_step_end(self, args, state, control, **kwargs) -> None:
        if time.monotonic() - self.saved > _SAVE_EVERY:
            control.should_save = True

    def on_save(self, args, state, control, **kwargs) -> None:
        self.saved = time.monotonic()


class StopOnInterrupt(TrainerCallback):
    """A context in which the first Ctrl-C finishes the step, saves, and stops; the second stops at once.

    Parameters
    ----------
    active
        Whether to handle Ctrl-C at all. ``asked`` says afterwards whether it was pressed.
    """

    def __init__(self, active: bool) -> None:
        # Only the main thread may set a handler, and where Ctrl-C is ignored (a job in the background) it stays ignored.
        self.active = (
            active and threading.current_thread() is threading.main_thread() and callable(signal.getsignal(signal.SIGINT))
        )
        self.asked = False

    def __enter__(self) -> StopOnInterrupt:
        if self.active:
            self.before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *exc: object) -> None:
        if self.active:
            signal.signal(signal.SIGINT, self.before)

    def _ask(self, number, frame) -> None:
        self.asked = True
        signal.signal(signal.SIGINT, self.before)

    def on_step_end(self, args, state, control, **kwargs) -> None:
        if self.asked:
            control.should_save = control.should_training_stop = True

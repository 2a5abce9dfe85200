"""Exceptions that a person may see."""


class InputError(Exception):
    """Bad input: the message is one sentence that names the file or field and says what to do.

    The command line prints it without a stack and ends with exit code 2. `code` is for programs that read
    `--progress jsonl`, `data` what they put into their own sentence.
    """

    def __init__(self, message: str, code: str = "input", **data: object) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


class Stopped(Exception):
    """The program was asked to stop and did so without loss: exit code 75, the same command continues."""

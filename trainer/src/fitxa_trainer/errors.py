"""The one exception that a person may meet."""


class InputError(Exception):
    """Bad input: the message is one sentence that names the file or field and says what to do.

    The command line prints it without a stack and ends with exit code 2.
    """

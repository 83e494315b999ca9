"""How graded code looks for a neighbour's data in the memory that it was born with."""

SCAN = '''
def memory_holds(first, second, distance=2**25):
    """Whether `first` is followed by `second` near Python's own objects or on the C heap.

    The two are never joined here, or this would find what it made itself.
    """
    reading, writing = os.pipe()
    for middle in (id(sys.modules), id(bytes(9_999))):
        for page in range((middle - distance) // 4096, (middle + distance) // 4096):
            # Of memory that is not mapped the kernel writes nothing.
            if libc.write(writing, ctypes.c_void_p(page * 4096), 4096) == 4096:
                pieces = os.read(reading, 4096).split(first)
                if any(piece.startswith(second) for piece in pieces[1:]):
                    return True
    return False
'''
"""Student's code that needs `os`, `sys`, `ctypes` and `libc`."""

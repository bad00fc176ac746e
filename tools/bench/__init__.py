"""`skein bench`: the figures that Skein claims, measured and written to BENCHMARKS.md.

    dissemination   reach, airtime and delay beside every peer and the oracle, in the simulator
    convergence     how soon all nodes hold an event or a value of the shared state
    election        time to a leader, time to the next one, what a settled mesh says
    queue           who gets which share under overload, beside the rule of the source documents
    sends           how long 4 KB take over hops and loss, and what they cost
    cost            instructions and heap for each frame, on the 32-bit MicroPython
    size            bytes of each module, and of a booted node
    scale           a thousand nodes in the simulator, and the time that takes

`part` says what a part is; `document` writes its text into the file; `vm/` is what runs on
MicroPython.
"""

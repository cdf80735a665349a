"""The rules, one a module: each has a ``rule`` and a function ``check(model)``. Found by service/checks/frame.py."""

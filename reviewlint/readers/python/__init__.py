"""The Python reader: one screen over the file, then one module a framework or driver."""

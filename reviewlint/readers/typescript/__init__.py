"""The TypeScript and JavaScript reader: one screen over the file, then one module a framework or driver."""

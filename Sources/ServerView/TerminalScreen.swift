import LinuxSystem

/// A screen of its own on the terminal, whose former content comes back afterwards.
///
/// - Source: ECMA-48 and xterm's private modes 1049 (the alternate screen) and 25 (the cursor).
struct TerminalScreen {
    /// Changes to the screen of its own and hides the cursor.
    func begin() { write("\u{1B}[?1049h\u{1B}[?25l") }

    /// Brings back what was there.
    func end() { write("\u{1B}[?25h\u{1B}[?1049l") }

    /// Replaces what is shown, without flicker: each line is written over and the rest of it cleared.
    func draw(_ lines: [String]) {
        write("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\n") + "\u{1B}[J")
    }

    private func write(_ text: String) {
        // A terminal that has gone raises a signal, which ends the command.
        try? StandardStream.output.write(text)
    }
}

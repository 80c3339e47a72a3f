import LinuxSystem

/// How far something is, on one line of a terminal; nothing where standard error is none.
struct ProgressLine {
    private let total: Int
    private let isShown = Terminal.isThere(behind: .error)
    private var last = -1

    private static let width = 30

    init(total: Int) { self.total = total }

    /// Shows that so many of all are done.
    mutating func show(_ count: Int) {
        let filled = count * Self.width / max(total, 1)
        guard isShown, filled != last || count == total else { return }
        last = filled
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        write("\r[\(bar)] \(count)/\(total)")
    }

    /// Leaves the line.
    func end() {
        if isShown { write("\n") }
    }

    /// A terminal that is gone needs no progress.
    private func write(_ text: String) { try? StandardStream.error.write(text) }
}

package import DurableState
import JSONSyntax
import LinuxSystem

/// Carries out `rowan state`.
///
/// - Isolation: the main thread of a command.
package enum StateCommand {
    /// Does what was asked for.
    ///
    /// - Returns: what to say about it.
    package static func run(_ options: StateOptions) throws(StateFault) -> String {
        let now = WallClock.nanosecondsSince1970
        switch options.action {
        case .migrate:
            let store = try StateStore(at: options.location, for: .migrating, now: now)
            let added = try store.migrate(nanosecondsSince1970: now())
            if options.asJSON { return "{\"migrated\":\(list(added))}\n" }
            return added.isEmpty
                ? "\(options.location): nothing to do\n"
                : "\(options.location): migrated to schema \(added.joined(separator: ", "))\n"
        case .backup(let path):
            let store = try StateStore(at: options.location, for: .reading, now: now)
            let count = try store.backUp(to: path, nanosecondsSince1970: now())
            return said(options, "backup", path, count, "\(count) rows of \(options.location) written to \(path)\n")
        case .restore(let path):
            let store = try StateStore(at: options.location, for: .serving, now: now)
            let count = try store.restore(from: path)
            return said(options, "restored", path, count, "\(count) rows of \(path) written to \(options.location)\n")
        }
    }

    private static func said(
        _ options: StateOptions, _ what: String, _ path: String, _ count: Int, _ text: String
    ) -> String {
        options.asJSON ? "{\"\(what)\":\(JSONStringText.quoted(path)),\"rows\":\(count)}\n" : text
    }

    private static func list(_ texts: [String]) -> String {
        "[" + texts.map(JSONStringText.quoted).joined(separator: ",") + "]"
    }
}

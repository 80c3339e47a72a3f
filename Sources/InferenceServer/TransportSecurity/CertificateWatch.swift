import LinuxSystem

/// Decides when the files of a port are read anew.
///
/// Pure: it is told what the files look like. Files are taken when two looks one after another find them changed and
/// alike; who asks (a signal) is obeyed at once. A change is tried once: files that cannot be used are tried again
/// when they change again.
struct CertificateWatch: Equatable {
    /// What a look shows of one file; nil of one that is not there.
    typealias Looks = [FileStatus?]

    /// The files as they were when they were last read.
    private var taken: Looks
    /// As the last look has found them, if different.
    private var changed: Looks?

    /// Begins with files that have just been read.
    init(taken: Looks) { self.taken = taken }

    /// Somebody has looked; true if the files are to be read now.
    mutating func looked(_ looks: Looks) -> Bool {
        guard looks != taken else {
            changed = nil
            return false
        }
        guard looks == changed else {
            changed = looks
            return false
        }
        return asked(looks)
    }

    /// Somebody wants the files to be read now.
    mutating func asked(_ looks: Looks) -> Bool {
        taken = looks
        changed = nil
        return true
    }

    /// What files look like now.
    static func looks(of paths: [String]) -> Looks { paths.map { try? FileStatus(of: $0) } }
}

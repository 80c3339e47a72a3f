import LinuxSystem
import TestSupport
import Testing

@testable import InferenceServer

@Suite struct CertificateWatchTests {
    /// The value under test, which expectations can ask to change.
    private final class Watch {
        private var value: CertificateWatch

        init(taken: CertificateWatch.Looks) { value = CertificateWatch(taken: taken) }

        func looked(_ looks: CertificateWatch.Looks) -> Bool { value.looked(looks) }
        func asked(_ looks: CertificateWatch.Looks) -> Bool { value.asked(looks) }
    }

    private let folder = TemporaryFolder()

    private func looks() -> CertificateWatch.Looks {
        CertificateWatch.looks(of: ["\(folder.path)/a", "\(folder.path)/b"])
    }

    @Test func `files are taken when two looks find them changed and alike`() {
        folder.write("1", to: "a")
        let watch = Watch(taken: looks())
        #expect(!watch.looked(looks()))
        folder.write("12", to: "a")
        #expect(!watch.looked(looks()))
        folder.write("1", to: "b")
        #expect(!watch.looked(looks()))
        #expect(watch.looked(looks()))
        #expect(!watch.looked(looks()))
    }

    @Test func `files that are as before again are not taken`() {
        let watch = Watch(taken: [nil, nil])
        folder.write("1", to: "a")
        let changed = looks()
        #expect(!watch.looked(changed))
        #expect(!watch.looked([nil, nil]))
        #expect(!watch.looked(changed))
        #expect(watch.looked(changed))
    }

    @Test func `who asks is obeyed, and a change that was taken is not taken again`() {
        let watch = Watch(taken: [nil, nil])
        #expect(watch.asked([nil, nil]))
        folder.write("1", to: "a")
        #expect(watch.asked(looks()))
        #expect(!watch.looked(looks()))
        #expect(!watch.looked(looks()))
    }
}

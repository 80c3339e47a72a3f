import LinuxSystem
import Testing

struct StringBytesTests {
    @Test(arguments: [
        ("caf\u{E9}", "cafe\u{301}", false, true), ("caf\u{E9}", "caf\u{E9}", true, false), ("", "", true, false),
        ("a", "b", false, false), ("\u{2126}", "\u{3A9}", false, true),
    ])
    func `names are what their bytes are`(_ left: String, _ right: String, _ isSame: Bool, _ isConfusable: Bool) {
        #expect(left.hasBytes(of: right) == isSame)
        #expect(left.isConfusable(with: right) == isConfusable)
    }
}

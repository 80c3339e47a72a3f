import FuzzTargets
import Glibc

/// The target that this process runs: what the variable `FUZZ_TARGET` names.
enum FuzzDriver {
    static let target: FuzzTarget = {
        // The variable's text does not change while it is copied.
        let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
        guard let target = FuzzTarget.named(name) else {
            preconditionFailure("FUZZ_TARGET names one of \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
        }
        return target
    }()
}

/// What libFuzzer calls with every input.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ base: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer lends `count` bytes for the call.
    FuzzDriver.target.run(unsafe Array(UnsafeBufferPointer(start: base, count: count)))
    return 0
}

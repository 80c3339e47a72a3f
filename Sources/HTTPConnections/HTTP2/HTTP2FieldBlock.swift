import CNghttp2
import LinuxSystem

/// The fields of one answer, in the form in which the library takes them.
///
/// Names, and values that never change, are literals to which the block only points; other values stand in a buffer
/// of the block, so that nothing is allocated. The library copies what it is given while it takes it, but for literals.
///
/// - Ownership: one per loop; filled and handed over within one call.
@safe
final class HTTP2FieldBlock {
    /// Most fields of an answer.
    private static let capacity = 32
    /// Bytes of values that are not literals, at first; a message of gRPC may make it grow.
    private static let valueByteCount = 1_024

    private let fields: UnsafeMutablePointer<nghttp2_nv>
    /// Where the values in the buffer begin; -1 for literals.
    private var offsets = InlineArray<32, Int>(repeating: -1)
    private var count = 0
    private var values = ByteBuffer(capacity: valueByteCount)

    init() {
        precondition(offsets.count == Self.capacity, "there is a place for each field")
        unsafe fields = .allocate(capacity: Self.capacity)
        unsafe fields.initialize(repeating: nghttp2_nv(), count: Self.capacity)
    }

    deinit { unsafe fields.deallocate() }

    /// Forgets the fields of the answer before.
    func removeAll() {
        count = 0
        values.removeAll()
    }

    /// Adds a field that never changes.
    func append(_ name: StaticString, _ value: StaticString) {
        let index = add(name, offset: -1)
        let flags = NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue
        // The index is below the capacity, and static strings live as long as the process; the library reads only.
        unsafe fields[index].value = UnsafeMutablePointer(mutating: value.utf8Start)
        unsafe fields[index].valuelen = value.utf8CodeUnitCount
        unsafe fields[index].flags = UInt8(flags)
    }

    /// Adds a field whose value is written now.
    func append(_ name: StaticString, writtenBy write: (inout ByteBuffer) -> Void) {
        let start = values.count
        write(&values)
        let index = add(name, offset: start)
        // The index is below the capacity; where the value stands is known when no more of them are written.
        unsafe fields[index].valuelen = values.count - start
        unsafe fields[index].flags = UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue)
    }

    private func add(_ name: StaticString, offset: Int) -> Int {
        precondition(count < Self.capacity, "an answer has fewer fields")
        let index = count
        count += 1
        // The index is below the capacity, and static strings live as long as the process; the library reads only.
        unsafe fields[index].name = UnsafeMutablePointer(mutating: name.utf8Start)
        unsafe fields[index].namelen = name.utf8CodeUnitCount
        offsets[index] = offset
        return index
    }

    /// Lends the fields to a call of the library.
    func withFields<Result>(_ body: (UnsafePointer<nghttp2_nv>, Int) -> Result) -> Result {
        values.withBytes { bytes in
            // The values were written to this buffer, which does not change until the closure returns.
            unsafe bytes.withUnsafeBufferPointer { base in
                for index in 0..<count where offsets[index] >= 0 {
                    unsafe fields[index].value = base.baseAddress.map {
                        unsafe UnsafeMutablePointer(mutating: $0 + offsets[index])
                    }
                }
                return unsafe body(fields, count)
            }
        }
    }
}

import LinuxSystem

/// Samples as arrays of numpy.
///
/// - Source: numpy's `lib/format.py`, versions 1.0 to 3.0: two dimensions, row-major, little-endian, numbers of four or
///   eight bytes.
extension SampleTable {
    /// Reads a file.
    ///
    /// - Throws: why it cannot be read, in numpy's terms.
    package static func read(npy bytes: Span<UInt8>) throws(SampleFault) -> SampleTable {
        let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
        guard bytes.count >= 12, magic.indices.allSatisfy({ bytes[$0] == magic[$0] }) else {
            throw SampleFault("the file does not begin as an npy file does")
        }
        guard (1...3).contains(bytes[6]) else {
            throw SampleFault("version \(bytes[6]) of the npy format is not known")
        }
        let isLong = bytes[6] > 1
        let headCount =
            isLong ? Int(bytes.littleEndian(UInt32.self, at: 8)) : Int(bytes.littleEndian(UInt16.self, at: 8))
        let start = isLong ? 12 : 10
        guard headCount <= DriftLimits.arrayHeadByteCount, headCount <= bytes.count - start else {
            throw SampleFault("the file's head does not fit into it, or is too long")
        }
        let head = bytes.text(start..<start + headCount)
        let (rows, columns) = try shape(head)
        guard columns <= DriftLimits.featureCount else {
            throw SampleFault("more than \(DriftLimits.featureCount) columns")
        }
        guard rows <= DriftLimits.sampleRows else { throw SampleFault("more than \(DriftLimits.sampleRows) rows") }
        guard !head.contains("'fortran_order': True") else {
            throw SampleFault("the array is column-major: save numpy.ascontiguousarray(array)")
        }
        let data = bytes.extracting((start + headCount)...)
        let values: [Double]
        switch try datatype(head) {
        case "<f4": values = try read(data, rows * columns) { Double(Float(bitPattern: $0 as UInt32)) }
        case "<f8": values = try read(data, rows * columns) { Double(bitPattern: $0 as UInt64) }
        case "<i4": values = try read(data, rows * columns) { Double(Int32(bitPattern: $0 as UInt32)) }
        case "<i8": values = try read(data, rows * columns) { Double(Int64(bitPattern: $0 as UInt64)) }
        case let other:
            throw SampleFault("the array's type is '\(other.prefix(16))': save it as float32 or float64")
        }
        return SampleTable(columnNames: [], columnCount: columns, values: values)
    }

    private static func read<Bits: FixedWidthInteger & BitwiseCopyable>(
        _ data: Span<UInt8>, _ count: Int, _ value: (Bits) -> Double
    ) throws(SampleFault) -> [Double] {
        let width = Bits.bitWidth / 8
        guard data.count == count * width else {
            throw SampleFault("\(data.count) bytes of values, the shape asks for \(count * width)")
        }
        return (0..<count).map { value(data.littleEndian(Bits.self, at: $0 * width)) }
    }

    private static func shape(_ head: String) throws(SampleFault) -> (rows: Int, columns: Int) {
        guard let shape = value(of: "shape", in: head, from: "(", to: ")") else {
            throw SampleFault("the file's head names no shape")
        }
        let dimensions = shape.split(separator: ",").map { Int($0.filter { $0 != " " }) }
        guard dimensions.count == 2, let rows = dimensions[0], let columns = dimensions[1], rows > 0, columns > 0 else {
            throw SampleFault("the array's shape is (\(shape.prefix(64))): rows and columns are wanted")
        }
        return (rows, columns)
    }

    private static func datatype(_ head: String) throws(SampleFault) -> Substring {
        guard let datatype = value(of: "descr", in: head, from: "'", to: "'") else {
            throw SampleFault("the file's head names no type of numbers")
        }
        return datatype
    }

    /// What stands between two marks behind a key.
    private static func value(of key: String, in head: String, from: Character, to: Character) -> Substring? {
        guard let place = head.firstRange(of: "'\(key)':") else { return nil }
        let rest = head[place.upperBound...]
        guard let begin = rest.firstIndex(of: from) else { return nil }
        let value = rest[rest.index(after: begin)...]
        return value.firstIndex(of: to).map { value[..<$0] }
    }
}

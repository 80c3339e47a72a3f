import LinuxSystem

/// The parts of an ONNX model that a forest can need: nodes with attributes, small constants, inputs and outputs.
///
/// - Source: `onnx/onnx.proto`, whose field numbers stand in the readers below. Unknown fields are passed over.
struct ONNXGraph {
    /// One operator with its named inputs and outputs.
    struct Node {
        var operation = ""
        var domain = ""
        var inputs: [String] = []
        var outputs: [String] = []
        var attributes: [String: Attribute] = [:]
        /// Where the node begins in the file.
        var position: Int
    }

    /// The value of one attribute, of whichever type it has.
    struct Attribute {
        var float: Float?
        var integer: Int64?
        var string: Range<Int>?
        var tensor: Constant?
        /// `TensorProto.DataType` of a tensor, also of one whose elements were not read.
        var tensorType: UInt64?
        var floats: [Float] = []
        var integers: [Int64] = []
        var strings: [Range<Int>] = []
    }

    /// A constant tensor of float32, float64, int64 or uint8 elements.
    struct Constant {
        /// Whether elements are float32.
        var isFloat: Bool
        /// The elements; every float32 and every integer below 2^53 is one of these.
        var elements: [Double]
    }

    /// An input of the graph.
    struct Input {
        var name = ""
        /// The second of two dimensions, where it is fixed.
        var columnCount: Int?
        /// `TensorProto.DataType`: 1 for float32, 11 for float64.
        var elementType: UInt64 = 0
    }

    /// Element types of tensors that forests need, by their numbers in `TensorProto.DataType`.
    enum ElementType: UInt64 {
        case float32 = 1
        case uint8 = 2
        case int64 = 7
        case float64 = 11
    }

    var nodes: [Node] = []
    var constants: [String: Constant] = [:]
    var inputs: [Input] = []
    var outputs: [String] = []

    /// Reads a `ModelProto`.
    init(_ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        var model = ProtobufCursor(0..<bytes.count)
        var hasGraph = false
        var domains: Set<String> = []
        while let field = try model.next(in: bytes) {
            switch field.number {
            case 7:
                hasGraph = true
                try within("graph") { () throws(TreeEnsembleFault) in try readGraph(try Self.range(field), bytes) }
            case 8: domains.insert(try Self.domain(try Self.range(field), bytes))
            default: break
            }
        }
        guard hasGraph else { throw TreeEnsembleFault(.missing, field: "graph") }
        // A file cut between two fields is still a message, but the operator sets of its nodes stand last.
        for domain in Set(nodes.map(\.domain)).sorted() where !domains.contains(domain) {
            throw TreeEnsembleFault(.missing, field: "opset_import \"\(domain)\"", at: bytes.count)
        }
    }

    /// Reads the domain of an `OperatorSetIdProto`.
    private static func domain(_ range: Range<Int>, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> String {
        var domain = ""
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            if field.number == 1 { domain = try name(field, bytes) }
        }
        return domain
    }

    private mutating func readGraph(_ range: Range<Int>, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        var graph = ProtobufCursor(range)
        while let field = try graph.next(in: bytes) {
            switch field.number {
            case 1:
                let index = nodes.count
                try within("node[\(index)]") { () throws(TreeEnsembleFault) in
                    nodes.append(try Self.node(try Self.range(field), bytes))
                }
            case 5: try readInitializer(try Self.range(field), bytes)
            case 11: inputs.append(try Self.valueInformation(try Self.range(field), bytes))
            case 12: outputs.append(try Self.valueInformation(try Self.range(field), bytes).name)
            default: break
            }
        }
    }

    private static func node(_ range: Range<Int>, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) -> Node {
        var node = Node(position: range.lowerBound)
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            switch field.number {
            case 1: node.inputs.append(try name(field, bytes))
            case 2: node.outputs.append(try name(field, bytes))
            case 4: node.operation = try name(field, bytes)
            case 7: node.domain = try name(field, bytes)
            case 5:
                let (name, attribute) = try attribute(try Self.range(field), bytes)
                guard node.attributes.updateValue(attribute, forKey: name) == nil else {
                    throw TreeEnsembleFault(.inconsistent("attribute \"\(name)\" twice"), at: field.position)
                }
            default: break
            }
        }
        return node
    }

    private static func attribute(
        _ range: Range<Int>, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> (String, Attribute) {
        var attributeName = ""
        var attribute = Attribute()
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            switch (field.number, field.value) {
            case (1, _): attributeName = try name(field, bytes)
            case (2, .fixed32(let bits)): attribute.float = Float(bitPattern: bits)
            case (3, .varint(let value)): attribute.integer = Int64(bitPattern: value)
            case (4, .bytes(let range)): attribute.string = range
            case (5, .bytes(let range)):
                let tensor = try tensor(range, bytes)
                attribute.tensor = tensor.constant
                attribute.tensorType = tensor.type
            case (7, .fixed32(let bits)): attribute.floats.append(Float(bitPattern: bits))
            case (7, .bytes(let range)):
                var packed = ProtobufCursor(range)
                while let value = try packed.nextFloat(in: bytes) { attribute.floats.append(value) }
            case (8, .varint(let value)): attribute.integers.append(Int64(bitPattern: value))
            case (8, .bytes(let range)):
                var packed = ProtobufCursor(range)
                while let value = try packed.nextVarint(in: bytes) {
                    attribute.integers.append(Int64(bitPattern: value))
                }
            case (9, .bytes(let range)): attribute.strings.append(range)
            default: break
            }
        }
        return (attributeName, attribute)
    }

    private mutating func readInitializer(_ range: Range<Int>, _ bytes: Span<UInt8>) throws(TreeEnsembleFault) {
        let tensor = try Self.tensor(range, bytes)
        if let constant = tensor.constant { constants[tensor.name] = constant }
    }

    /// Reads a `TensorProto`; element types that no forest needs are left out.
    private static func tensor(
        _ range: Range<Int>, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> (name: String, type: UInt64, constant: Constant?) {
        var tensorName = ""
        var elementType: UInt64 = 0
        var elements: [Double] = []
        var raw: Range<Int>?
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            switch (field.number, field.value) {
            case (2, .varint(let type)): elementType = type
            case (4, .fixed32(let bits)): elements.append(Double(Float(bitPattern: bits)))
            case (4, .bytes(let range)):
                var packed = ProtobufCursor(range)
                while let value = try packed.nextFloat(in: bytes) { elements.append(Double(value)) }
            // Field 5 holds integers of 32 bits and less.
            case (5, .varint(let value)), (7, .varint(let value)):
                elements.append(Double(Int64(bitPattern: value)))
            case (5, .bytes(let range)), (7, .bytes(let range)):
                var packed = ProtobufCursor(range)
                while let value = try packed.nextVarint(in: bytes) { elements.append(Double(Int64(bitPattern: value))) }
            case (8, _): tensorName = try name(field, bytes)
            case (9, .bytes(let range)): raw = range
            case (10, .fixed64(let bits)): elements.append(Double(bitPattern: bits))
            case (10, .bytes(let range)): elements += try rawElements(range, type: .float64, bytes)
            default: break
            }
        }
        guard let type = ElementType(rawValue: elementType) else { return (tensorName, elementType, nil) }
        if let raw { elements = try rawElements(raw, type: type, bytes) }
        return (tensorName, elementType, Constant(isFloat: type == .float32, elements: elements))
    }

    private static func rawElements(
        _ range: Range<Int>, type: ElementType, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> [Double] {
        let width =
            switch type {
            case .uint8: 1
            case .float32: 4
            case .int64, .float64: 8
            }
        guard range.count % width == 0 else {
            throw TreeEnsembleFault(.malformed("raw data of a broken length"), at: range.lowerBound)
        }
        return stride(from: range.lowerBound, to: range.upperBound, by: width).map { start in
            var bits: UInt64 = 0
            for index in (start..<start + width).reversed() { bits = bits << 8 | UInt64(bytes[index]) }
            return switch type {
            case .uint8: Double(bits)
            case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
            case .int64: Double(Int64(bitPattern: bits))
            case .float64: Double(bitPattern: bits)
            }
        }
    }

    /// Reads a `ValueInfoProto`.
    private static func valueInformation(
        _ range: Range<Int>, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> Input {
        var input = Input()
        var dimensions: [Int?] = []
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: bytes) {
            if field.number == 1 { input.name = try name(field, bytes) }
            guard field.number == 2 else { continue }
            var type = ProtobufCursor(try Self.range(field))
            while let tensor = try type.next(in: bytes) {
                guard tensor.number == 1 else { continue }
                var tensorType = ProtobufCursor(try Self.range(tensor))
                while let shape = try tensorType.next(in: bytes) {
                    if shape.number == 1, case .varint(let type) = shape.value { input.elementType = type }
                    guard shape.number == 2 else { continue }
                    dimensions = try Self.dimensions(try Self.range(shape), bytes)
                }
            }
        }
        input.columnCount = dimensions.count == 2 ? dimensions[1] : nil
        return input
    }

    private static func dimensions(
        _ range: Range<Int>, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> [Int?] {
        var dimensions: [Int?] = []
        var shape = ProtobufCursor(range)
        while let field = try shape.next(in: bytes) {
            guard field.number == 1 else { continue }
            var dimension: Int?
            var cursor = ProtobufCursor(try Self.range(field))
            while let part = try cursor.next(in: bytes) {
                if part.number == 1, case .varint(let value) = part.value { dimension = Int(exactly: value) }
            }
            dimensions.append(dimension)
        }
        return dimensions
    }

    private static func range(_ field: ProtobufCursor.Field) throws(TreeEnsembleFault) -> Range<Int> {
        guard case .bytes(let range) = field.value else {
            throw TreeEnsembleFault(.malformed("field \(field.number) is no message or text"), at: field.position)
        }
        return range
    }

    private static func name(
        _ field: ProtobufCursor.Field, _ bytes: Span<UInt8>
    ) throws(TreeEnsembleFault) -> String {
        let range = try range(field)
        guard range.count <= TreeEnsembleLimits.nameByteCount else {
            throw TreeEnsembleFault(
                .limit(what: "bytes of a name", value: range.count, limit: TreeEnsembleLimits.nameByteCount),
                at: field.position)
        }
        return bytes.text(range)
    }
}

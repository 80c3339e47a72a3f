import JSONSyntax

/// Reads a `reference.json` and checks that its numbers belong together.
///
/// Members that the format does not know are refused: a slip of the finger would otherwise be a silent default.
///
/// - Complexity: linear in the text; depth, lists and names are limited by `DriftLimits`.
/// - Source: the page *DriftReferenceFile*.
struct DriftReferenceReader {
    private typealias Fault = DriftReferenceFault

    private var cursor = JSONCursor(depthLimit: DriftLimits.referenceDepth)

    /// What the members of a variable have said so far.
    private struct Draft {
        var name: String?
        var element: UInt64?
        var missing: UInt64?
        var minimum: Double?
        var maximum: Double?
        var edges: [Double]?
        var categories: [Double]?
        var counts: [UInt64]?
        var other: UInt64?
    }

    /// Reads a whole file.
    static func read(_ bytes: Span<UInt8>) throws(DriftReferenceFault) -> DriftReference {
        guard bytes.count <= DriftLimits.referenceByteCount else {
            throw Fault(at: 0, "the file has more than \(DriftLimits.referenceByteCount) bytes")
        }
        var reader = DriftReferenceReader()
        guard case .beginObject = try reader.next(bytes) else { throw Fault(at: 0, "the file is no object") }
        let reference = try reader.reference(bytes)
        _ = try reader.next(bytes)
        return reference
    }

    // MARK: The file

    private mutating func reference(_ bytes: Span<UInt8>) throws(Fault) -> DriftReference {
        var (version, rows): (UInt64?, UInt64?)
        var (features, outputs): ([DriftReference.Variable]?, [DriftReference.Variable]?)
        var anomalyRate: Double?
        while case .key(let key) = try next(bytes) {
            let place = key.range.lowerBound - 1
            let name = JSONString.decode(key, in: bytes)
            switch name {
            case "rowan_drift_reference":
                try refuseSecond(version, name, place)
                version = try count(name, bytes)
            case "rows":
                try refuseSecond(rows, name, place)
                rows = try count(name, bytes)
                if let rows, !DriftLimits.referenceRows.contains(rows) {
                    let range = DriftLimits.referenceRows
                    throw Fault(at: place, "rows is not within \(range.lowerBound) to \(range.upperBound)")
                }
            case "anomaly_rate":
                try refuseSecond(anomalyRate, name, place)
                let rate = try real(name, bytes)
                guard (0...1).contains(rate) else { throw Fault(at: place, "anomaly_rate is not within 0 to 1") }
                anomalyRate = rate
            case "features":
                try refuseSecond(features, name, place)
                features = try variables(name, limit: DriftLimits.featureCount, areOutputs: false, bytes)
            case "outputs":
                try refuseSecond(outputs, name, place)
                outputs = try variables(name, limit: DriftLimits.outputCount, areOutputs: true, bytes)
            default: throw Fault(at: place, "a reference has no member '\(name.prefix(64))'")
            }
        }
        guard let version else {
            throw Fault(at: 0, "the member rowan_drift_reference, the format's version, is missing")
        }
        guard version == 1 else { throw Fault(at: 0, "version \(version) of the format is not known: 1 is") }
        guard let rows else { throw Fault(at: 0, "the member rows is missing") }
        guard let features, !features.isEmpty else { throw Fault(at: 0, "the member features is missing or empty") }
        let reference = DriftReference(
            rowCount: rows, features: features, outputs: outputs ?? [], anomalyRate: anomalyRate)
        for (index, variable) in (features + reference.outputs).enumerated() {
            let sum = variable.classCounts.reduce(0, &+)
            let kind = index < features.count ? "feature" : "output"
            guard sum == rows else {
                throw Fault(at: 0, "the counts of \(kind) '\(variable.name)' add up to \(sum), not to \(rows) rows")
            }
        }
        return reference
    }

    // MARK: Variables

    private mutating func variables(
        _ member: String, limit: Int, areOutputs: Bool, _ bytes: Span<UInt8>
    ) throws(Fault) -> [DriftReference.Variable] {
        guard case .beginArray = try next(bytes) else { throw Fault(at: cursor.offset, "\(member) is no list") }
        var variables: [DriftReference.Variable] = []
        var known: Set<String> = []
        while true {
            switch try next(bytes) {
            case .endArray: return variables
            case .beginObject:
                let place = cursor.offset - 1
                guard variables.count < limit else { throw Fault(at: place, "more than \(limit) \(member)") }
                let variable = try self.variable(isOutput: areOutputs, bytes)
                guard known.insert("\(variable.element) \(variable.name)").inserted else {
                    throw Fault(at: place, "'\(variable.name)' is among the \(member) twice")
                }
                variables.append(variable)
            default: throw Fault(at: cursor.offset, "\(member) is no list of objects")
            }
        }
    }

    private mutating func variable(isOutput: Bool, _ bytes: Span<UInt8>) throws(Fault) -> DriftReference.Variable {
        let place = cursor.offset - 1
        var draft = Draft()
        while case .key(let key) = try next(bytes) {
            let place = key.range.lowerBound - 1
            let name = JSONString.decode(key, in: bytes)
            switch name {
            case "name":
                try refuseSecond(draft.name, name, place)
                draft.name = try text(bytes)
            case "element" where isOutput:
                try refuseSecond(draft.element, name, place)
                draft.element = try count(name, bytes)
            case "missing":
                try refuseSecond(draft.missing, name, place)
                draft.missing = try count(name, bytes)
            case "min":
                try refuseSecond(draft.minimum, name, place)
                draft.minimum = try real(name, bytes)
            case "max":
                try refuseSecond(draft.maximum, name, place)
                draft.maximum = try real(name, bytes)
            case "edges":
                try refuseSecond(draft.edges, name, place)
                draft.edges = try ascending(name, limit: DriftLimits.edgeCount, bytes)
            case "categories":
                try refuseSecond(draft.categories, name, place)
                draft.categories = try ascending(name, limit: DriftLimits.categoryCount, bytes)
            case "counts":
                try refuseSecond(draft.counts, name, place)
                draft.counts = try counts(bytes)
            case "other":
                try refuseSecond(draft.other, name, place)
                draft.other = try count(name, bytes)
            default:
                let kind = isOutput ? "an output" : "a feature"
                throw Fault(at: place, "\(kind) has no member '\(name.prefix(64))'")
            }
        }
        return try finish(draft, at: place)
    }

    private func finish(_ draft: Draft, at place: Int) throws(Fault) -> DriftReference.Variable {
        guard let name = draft.name, !name.isEmpty else { throw Fault(at: place, "the member name is missing") }
        guard name.utf8.count <= DriftLimits.nameByteCount else {
            throw Fault(at: place, "a name has more than \(DriftLimits.nameByteCount) bytes")
        }
        func fault(_ sentence: String) -> Fault { Fault(at: place, "'\(name)': \(sentence)") }
        guard let counts = draft.counts else { throw fault("the member counts is missing") }
        guard draft.element ?? 0 < 1 << 20 else { throw fault("element is too large") }
        let distribution: DriftReference.Distribution
        if let categories = draft.categories {
            guard draft.edges == nil, draft.minimum == nil, draft.maximum == nil else {
                throw fault("it has both categories and edges, min or max")
            }
            guard counts.count == categories.count else {
                throw fault("\(categories.count) categories have as many counts, here are \(counts.count)")
            }
            distribution = .categories(
                DriftReference.Categories(values: categories, counts: counts, otherCount: draft.other ?? 0))
        } else {
            guard let edges = draft.edges else { throw fault("it has neither edges nor categories") }
            guard draft.other == nil else { throw fault("other belongs to categories") }
            guard counts.count == edges.count + 1 else {
                throw fault("\(edges.count) edges make \(edges.count + 1) bins, here are \(counts.count) counts")
            }
            distribution = .bins(DriftReference.Bins(range: try range(draft, fault), edges: edges, counts: counts))
        }
        return DriftReference.Variable(
            name: name, element: Int(draft.element ?? 0), missingCount: draft.missing ?? 0, distribution: distribution)
    }

    private func range(_ draft: Draft, _ fault: (String) -> Fault) throws(Fault) -> ClosedRange<Double>? {
        switch (draft.minimum, draft.maximum) {
        case (nil, nil): return nil
        case (let minimum?, let maximum?):
            guard minimum <= maximum else { throw fault("min is greater than max") }
            return minimum...maximum
        default: throw fault("min and max stand together or not at all")
        }
    }

    // MARK: Values

    private mutating func next(_ bytes: Span<UInt8>) throws(Fault) -> JSONToken {
        do throws(JSONFault) {
            return try cursor.next(in: bytes)
        } catch {
            throw Fault(at: error.offset, "invalid JSON: \(error.message)")
        }
    }

    private func refuseSecond<Value>(_ value: Value?, _ member: String, _ place: Int) throws(Fault) {
        if value != nil { throw Fault(at: place, "the member \(member) is given twice") }
    }

    private mutating func text(_ bytes: Span<UInt8>) throws(Fault) -> String {
        guard case .string(let text) = try next(bytes) else { throw Fault(at: cursor.offset, "name is no text") }
        return JSONString.decode(text, in: bytes)
    }

    private mutating func count(_ member: String, _ bytes: Span<UInt8>) throws(Fault) -> UInt64 {
        guard case .number(let range) = try next(bytes) else {
            throw Fault(at: cursor.offset, "\(member) is no number")
        }
        return try count(member, range, bytes)
    }

    private func count(_ member: String, _ range: Range<Int>, _ bytes: Span<UInt8>) throws(Fault) -> UInt64 {
        let value = JSONNumber.double(in: bytes, range)
        guard value >= 0, value <= Double(DriftLimits.referenceRows.upperBound), value == value.rounded() else {
            throw Fault(at: range.lowerBound, "\(member) is no number of rows")
        }
        return UInt64(value)
    }

    private mutating func real(_ member: String, _ bytes: Span<UInt8>) throws(Fault) -> Double {
        guard case .number(let range) = try next(bytes) else {
            throw Fault(at: cursor.offset, "\(member) is no number")
        }
        let value = JSONNumber.double(in: bytes, range)
        guard value.isFinite else { throw Fault(at: range.lowerBound, "\(member) is beyond the range of numbers") }
        return value
    }

    private mutating func ascending(
        _ member: String, limit: Int, _ bytes: Span<UInt8>
    ) throws(Fault) -> [Double] {
        guard case .beginArray = try next(bytes) else { throw Fault(at: cursor.offset, "\(member) is no list") }
        var values: [Double] = []
        while true {
            switch try next(bytes) {
            case .endArray: return values
            case .number(let range):
                let value = JSONNumber.double(in: bytes, range)
                guard value.isFinite else { throw Fault(at: range.lowerBound, "\(member) holds an infinity") }
                guard values.count < limit else { throw Fault(at: range.lowerBound, "more than \(limit) \(member)") }
                if let last = values.last, last >= value {
                    throw Fault(at: range.lowerBound, "\(member) do not ascend")
                }
                values.append(value)
            default: throw Fault(at: cursor.offset, "\(member) is no list of numbers")
            }
        }
    }

    private mutating func counts(_ bytes: Span<UInt8>) throws(Fault) -> [UInt64] {
        guard case .beginArray = try next(bytes) else { throw Fault(at: cursor.offset, "counts is no list") }
        var values: [UInt64] = []
        while true {
            switch try next(bytes) {
            case .endArray: return values
            case .number(let range):
                guard values.count <= DriftLimits.categoryCount else {
                    throw Fault(at: range.lowerBound, "more counts than bins or categories may be")
                }
                values.append(try count("counts", range, bytes))
            default: throw Fault(at: cursor.offset, "counts is no list of numbers")
            }
        }
    }
}

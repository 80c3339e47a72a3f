import JSONSyntax
import LinuxSystem

@testable import OpenInferenceProtocol
@testable import TrafficSplitting

extension FuzzTarget {
    /// A `Cookie` field: what is found is a key that stands in it, and pairs before or behind change nothing.
    static let stickyCookie = FuzzTarget(name: "sticky-cookie") { input in
        let name = Array("rowan_key".utf8)
        guard let range = CookieHeader.key(of: name.span, in: input.span) else {
            let followed = input + Array(";rowan_key=k".utf8)
            // A last pair that is open takes what follows its semicolon for another pair.
            precondition(CookieHeader.key(of: name.span, in: followed.span) != nil, "a later cookie is found")
            return
        }
        let key = Array(input[range])
        precondition(CookieHeader.isKey(key.span), "only a key is found")
        precondition(key.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ";") }, "a key is harmless")
        let before = Array("a=b; ".utf8) + input
        precondition(
            CookieHeader.key(of: name.span, in: before.span) == range.lowerBound + 5..<range.upperBound + 5,
            "other cookies change nothing")
        let assignment = VariantAssignment(split: "s", variants: variants)
        let hash = assignment.hash(of: key.span)
        precondition(assignment.variant(ofKeyHash: hash) == assignment.variant(ofKeyHash: hash), "a key has a variant")
    }

    /// The key among a request's parameters: what is found is what the whole reader keeps, in JSON and in messages.
    static let stickyKey = FuzzTarget(name: "sticky-key") { input in
        for model in requestModels {
            var request = InferenceRequest()
            var matrix = FeatureMatrix(for: model.input, rowCapacity: 1)
            guard (try? request.parse(input.span, headerLength: nil, for: model, into: &matrix)) != nil else {
                continue
            }
            compare(request, input)
        }
        var key = ByteBuffer()
        try? StickyKeyParameter.read(in: input.span, message: input.indices, byteLimit: 64, into: &key)
        key.removeAll()
        try? StickyKeyParameter.read(in: input.span, headerLength: nil, byteLimit: 64, into: &key)
        precondition(key.count <= input.count * 3, "escape sequences are longer than what they mean")
    }

    /// Holds the key that is found first against the parameters of a request that was read as a whole.
    private static func compare(_ request: borrowing InferenceRequest, _ input: [UInt8]) {
        var texts: [String] = []
        var isSound = true
        for parameter in request.parameters where JSONString.equals(parameter.key, in: input.span, "sticky_key") {
            isSound = isSound && parameter.kind == .string
            let string = JSONStringRange(range: parameter.value, hasEscapes: parameter.hasEscapes)
            texts.append(JSONString.decode(string, in: input.span))
        }
        var key = ByteBuffer()
        let isRead = (try? StickyKeyParameter.read(in: input.span, headerLength: nil, byteLimit: 64, into: &key)) != nil
        let text = key.withBytes { $0.text($0.indices) }
        if !isSound || texts.count > 1 || (texts.first?.utf8.count ?? 0) > 64 {
            precondition(!isRead, "what is no key is refused")
        } else {
            precondition(isRead && text == (texts.first ?? ""), "the key is the parameter's text")
        }
    }

    private static let variants = [("a", 70.0), ("b", 30.0)].map { name, value in
        guard let weight = VariantWeight(value) else { preconditionFailure("\(value) is a weight") }
        return VariantAssignment.Variant(name: name, weight: weight)
    }
}

import Testing

@testable import AnomalyExplanation

@Suite struct AnomalySignatureTests {
    private func signature(
        model: String = "m", service: String = "s", tenant: String = "t", message: String = "x",
        features: [String] = ["a", "b"]
    ) -> AnomalySignature {
        AnomalySignature(model: model, service: service, tenant: tenant, message: message, features: features)
    }

    @Test func `the order of features does not count, everything else does`() {
        let usual = signature()
        #expect(usual == signature(features: ["b", "a"]))
        let others = [
            signature(model: "n"), signature(service: "u"), signature(tenant: ""), signature(message: "y"),
            signature(features: ["a"]), signature(features: ["ab"]), signature(model: "ms", service: ""),
        ]
        #expect(Set(others + [usual]).count == others.count + 1)
    }

    @Test func `its text is read again`() {
        let text = AnomalySignature(number: 0xAB).text
        #expect(text == "00000000000000ab")
        #expect(AnomalySignature(text)?.number == 0xAB)
        for wrong in ["", "ab", "00000000000000AB", "+0000000000000ab", "00000000000000ag"] {
            #expect(AnomalySignature(wrong) == nil)
        }
    }
}

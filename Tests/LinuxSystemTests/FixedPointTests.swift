import Testing

@testable import LinuxSystem

/// Numbers with six decimals; the expected texts are those of Python's `'%f' % value`, which rounds exactly.
struct FixedPointTests {
    private func text(_ value: Double) -> String {
        var buffer = ByteBuffer()
        buffer.appendFixedPoint(value)
        return buffer.withBytes { $0.text($0.indices) }
    }

    @Test(arguments: [
        (0.0, "0.000000"), (-0.0, "-0.000000"), (1.0, "1.000000"), (-1.5, "-1.500000"), (0.1, "0.100000"),
        (0.0000005, "0.000000"), (0.00000050000001, "0.000001"), (0.0000015, "0.000002"), (1e-7, "0.000000"),
        (-4e-7, "-0.000000"), (0.9999995, "1.000000"), (0.99999949999, "0.999999"), (2.5e-6, "0.000003"),
        (8.5, "8.500000"), (1234567.8901234567, "1234567.890123"), (0.0078125, "0.007812"), (0.0234375, "0.023438"),
        (.leastNonzeroMagnitude, "0.000000"), (2.2250738585072014e-308, "0.000000"), (1e15, "1000000000000000.000000"),
        (123456789012345.67, "123456789012345.671875"), (1e22, "10000000000000000000000.000000"),
        (1e23, "99999999999999991611392.000000"), (9007199254740993.0, "9007199254740992.000000"),
        (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"),
    ])
    func `texts are C's`(value: Double, expected: String) {
        #expect(text(value) == expected)
    }

    @Test func `floats are written as the doubles that they are`() {
        #expect(text(Double(Float(0.1))) == "0.100000")
        #expect(text(Double(Float(16_777_217))) == "16777216.000000")
        #expect(text(Double(Float.greatestFiniteMagnitude)) == "340282346638528859811704183484516925440.000000")
    }

    @Test func `the largest double has 309 digits before the point`() {
        let expected =
            "179769313486231570814527423731704356798070567525844996598917476803157260780028538760589558"
            + "632766878171540458953514382464234321326889464182768467546703537516986049910576551282076245"
            + "490090389328944075868508455133942304583236903222948165808559332123348274797826204144723168"
            + "738177180919299881250404026184124858368.000000"
        #expect(text(.greatestFiniteMagnitude) == expected)
        #expect(text(-.greatestFiniteMagnitude) == "-" + expected)
    }
}

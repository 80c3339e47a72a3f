import Testing

@testable import TreeEnsembles

@Suite struct GaussLegendreTests {
    @Test(arguments: [1, 2, 3, 4, 7, 8, 32, 301])
    func `a rule of n points integrates powers up to 2n − 1`(pointCount: Int) {
        let rule = GaussLegendre.rule(pointCount: pointCount)
        #expect(rule.count == pointCount)
        for power in 0..<2 * pointCount {
            var integral = 0.0
            for point in rule {
                integral += (0..<power).reduce(point.weight) { value, _ in value * point.position }
            }
            #expect(abs(integral - 1 / Double(power + 1)) < 1e-13)
        }
        for (index, point) in rule.enumerated() {
            #expect(abs(point.position + point.complement - 1) < 1e-15)
            #expect(point.weight > 0 && point.position > 0 && point.position < 1)
            #expect(index == 0 || point.position > rule[index - 1].position)
        }
    }

    @Test func `two points are those of the textbook`() {
        let rule = GaussLegendre.rule(pointCount: 2)
        let distance = 0.5 / 3.0.squareRoot()
        #expect(abs(rule[0].position - (0.5 - distance)) < 1e-16)
        #expect(abs(rule[1].position - (0.5 + distance)) < 1e-15)
        #expect(rule.allSatisfy { abs($0.weight - 0.5) < 1e-15 })
    }
}

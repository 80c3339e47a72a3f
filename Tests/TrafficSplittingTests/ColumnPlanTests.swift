import Testing

@testable import TrafficSplitting

struct ColumnPlanTests {
    private static func features(_ names: String, _ defaults: [String: Double] = [:]) -> [ColumnPlan.Feature] {
        names.map { ColumnPlan.Feature(name: String($0), defaultValue: defaults[String($0)]) }
    }

    @Test func `without a declaration the columns are the union, in the order of their first occurrence`() throws {
        let plan = try ColumnPlan(
            declared: [], variants: [Self.features("abc"), Self.features("acbd", ["d": 4])])
        #expect(plan.features.map(\.name) == ["a", "b", "c", "d"])
        #expect(plan.mappings[0].columns == [0, 1, 2, -1])
        #expect(plan.mappings[1].columns == [0, 2, 1, 3])
        #expect(plan.optionalColumns == [false, false, false, true])
        #expect(plan.mappings[1].defaults == [nil, nil, nil, 4])
    }

    @Test func `declared columns come in their order, and their defaults count before the variants'`() throws {
        let declared = Self.features("cba", ["a": 9])
        let plan = try ColumnPlan(
            declared: declared, variants: [Self.features("ab", ["a": 1]), Self.features("bcx", ["x": 2, "c": 3])])
        #expect(plan.features == declared)
        #expect(plan.mappings[0] == ColumnPlan.Mapping(columns: [-1, 1, 0], defaults: [9, nil]))
        #expect(plan.mappings[1] == ColumnPlan.Mapping(columns: [1, 0, -1], defaults: [nil, 3, 2]))
        #expect(plan.optionalColumns == [true, false, true])
    }

    @Test func `the same columns need no mapping`() throws {
        let plan = try ColumnPlan(declared: [], variants: [Self.features("abc"), Self.features("ab")])
        #expect(plan.mappings.map(\.isIdentity) == [true, false])
    }

    @Test func `a column may be left out only if every variant that takes it can do without`() throws {
        let plan = try ColumnPlan(
            declared: [], variants: [Self.features("ab", ["a": 0]), Self.features("a")])
        #expect(plan.optionalColumns == [false, false])
    }

    @Test func `a variant that needs what the split does not have is refused`() {
        #expect(throws: ColumnPlan.Fault.missing(variant: 1, feature: "z")) {
            try ColumnPlan(declared: Self.features("ab"), variants: [Self.features("ab"), Self.features("az")])
        }
    }

    @Test func `a declared column that nobody takes is refused`() {
        #expect(throws: ColumnPlan.Fault.unused(column: "q")) {
            try ColumnPlan(declared: Self.features("abq"), variants: [Self.features("ab")])
        }
    }
}

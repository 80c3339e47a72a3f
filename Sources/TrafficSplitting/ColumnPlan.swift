/// How the columns of a split's input become those of its variants, by their names.
///
/// The split's columns are those that it declares, else the union of its variants' in the order in which they first
/// occur. A variant takes the columns that bear its features' names; others it leaves out, and features that the split
/// does not have get their defaults.
///
/// - Isolation: a value; any thread.
package struct ColumnPlan: Equatable, Sendable {
    /// A column and what it is filled with where a request leaves it out; nil where it must be given.
    package struct Feature: Equatable, Sendable {
        package var name: String
        package var defaultValue: Double?

        /// Describes a column.
        package init(name: String, defaultValue: Double? = nil) {
            self.name = name
            self.defaultValue = defaultValue
        }
    }

    /// What a variant does with the columns.
    package struct Mapping: Equatable, Sendable {
        /// For each column of the split that of the variant; −1 for one that it does not take.
        package var columns: [Int]
        /// For each feature of the variant what it gets where a request does not give it; nil where it must be given.
        package var defaults: [Double?]

        /// Whether the columns are the variant's own, one by one.
        package var isIdentity: Bool {
            columns.count == defaults.count && columns.indices.allSatisfy { columns[$0] == $0 }
        }
    }

    /// Why there is no plan.
    package enum Fault: Error, Equatable, Sendable {
        /// A variant needs a feature that the split does not have.
        case missing(variant: Int, feature: String)
        /// No variant takes a column that the split declares.
        case unused(column: String)
    }

    /// The columns of the split.
    package let features: [Feature]
    /// In the order of the variants.
    package let mappings: [Mapping]

    /// For each column of the split whether a request may leave it out.
    package let optionalColumns: [Bool]

    /// Makes the plan.
    ///
    /// - Parameter declared: the columns that the split names; empty for the union.
    /// - Parameter variants: the features of each; names of one differ.
    /// - Throws: if a variant could not be served, or a column is served to none.
    package init(declared: [Feature], variants: [[Feature]]) throws(Fault) {
        var features = declared
        if declared.isEmpty {
            var known: Set<String> = []
            for variant in variants {
                for feature in variant where known.insert(feature.name).inserted {
                    features.append(Feature(name: feature.name))
                }
            }
        }
        let places = Dictionary(features.indices.map { (features[$0].name, $0) }) { first, _ in first }
        var mappings: [Mapping] = []
        var isTaken = Array(repeating: false, count: features.count)
        // What every variant that takes a column fills it with may be left out, though the split names no default.
        var isFilled = Array(repeating: true, count: features.count)
        for (number, variant) in variants.enumerated() {
            var mapping = Mapping(columns: Array(repeating: -1, count: features.count), defaults: [])
            for (column, feature) in variant.enumerated() {
                let place = places[feature.name]
                let value = place.flatMap { features[$0].defaultValue } ?? feature.defaultValue
                mapping.defaults.append(value)
                guard let place else {
                    if value == nil { throw .missing(variant: number, feature: feature.name) }
                    continue
                }
                mapping.columns[place] = column
                isTaken[place] = true
                if value == nil { isFilled[place] = false }
            }
            mappings.append(mapping)
        }
        if let column = isTaken.firstIndex(of: false) { throw .unused(column: features[column].name) }
        optionalColumns = isFilled
        self.features = features
        self.mappings = mappings
    }
}

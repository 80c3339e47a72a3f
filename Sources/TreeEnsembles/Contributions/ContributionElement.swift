/// What contributions are written as.
package protocol ContributionElement: BinaryFloatingPoint, BitwiseCopyable {}

extension Float: ContributionElement {}
extension Double: ContributionElement {}

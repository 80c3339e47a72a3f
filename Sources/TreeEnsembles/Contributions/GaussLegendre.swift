/// The Gauss-Legendre rules over [0, 1]: a rule of n points integrates polynomials up to degree 2n − 1 exactly.
///
/// - Source: Legendre's polynomials by their three-term recurrence, their roots by Newton's method from Tricomi's
///   approximation.
enum GaussLegendre {
    struct Point {
        var position: Double
        /// 1 − position, without its cancellation.
        var complement: Double
        var weight: Double
    }

    /// The rule of some points, in ascending order.
    ///
    /// - Complexity: quadratic in the points.
    static func rule(pointCount: Int) -> [Point] {
        precondition(pointCount > 0, "a rule has points")
        var points = Array(
            repeating: Point(position: 0.5, complement: 0.5, weight: 1), count: pointCount)
        for index in 0..<(pointCount + 1) / 2 {
            let (root, weight) = root(index, ofDegree: pointCount)
            // Roots lie symmetrically: the one near 1 gives the point near 0 without cancellation of its complement.
            let small = (1 - root) / 2
            let large = (1 + root) / 2
            points[index] = Point(position: small, complement: large, weight: weight / 2)
            points[pointCount - 1 - index] = Point(
                position: large, complement: small, weight: weight / 2)
        }
        return points
    }

    /// A root of a Legendre polynomial, the largest being number 0, and its weight in the rule over [−1, 1].
    private static func root(_ index: Int, ofDegree degree: Int) -> (root: Double, weight: Double) {
        let count = Double(degree)
        var root = cosine(Double.pi * (Double(index) + 0.75) / (count + 0.5))
        if degree % 2 == 1 && index == degree / 2 { root = 0 }
        // Each step doubles the correct digits; the approximation starts with four.
        for _ in 0..<6 {
            let (value, derivative) = legendre(degree, at: root)
            root -= value / derivative
        }
        let derivative = legendre(degree, at: root).derivative
        return (root, 2 / ((1 - root * root) * derivative * derivative))
    }

    /// The cosine by its power series, which ten terms give in full between 0 and π/2.
    private static func cosine(_ angle: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for index in 1...10 {
            term *= -angle * angle / Double((2 * index - 1) * 2 * index)
            sum += term
        }
        return sum
    }

    private static func legendre(_ degree: Int, at x: Double) -> (value: Double, derivative: Double) {
        var (previous, value) = (1.0, x)
        for order in 1..<max(degree, 1) {
            let number = Double(order)
            (previous, value) = (value, ((2 * number + 1) * x * value - number * previous) / (number + 1))
        }
        return (value, Double(degree) * (x * value - previous) / (x * x - 1))
    }
}

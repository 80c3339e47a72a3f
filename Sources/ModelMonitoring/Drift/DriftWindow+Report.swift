package import LinuxSystem

/// Comparing what a window remembers with the reference.
extension DriftWindow {
    /// Compares the rows of the window with the reference.
    ///
    /// - Complexity: linear in the cells; allocates.
    package func report(at now: Nanoseconds) -> DriftReport {
        let reference = plan.reference
        let features = reference.features.enumerated().map { index, variable in
            compared(variable, counts.census(ofFeature: index, plan))
        }
        let outputs = reference.outputs.enumerated().map { index, variable in
            compared(variable, counts.census(ofOutput: index, plan))
        }
        return DriftReport(
            rowCount: counts.rowCount, referenceRowCount: reference.rowCount,
            isJudged: counts.rowCount >= plan.settings.judgedRows, age: age(at: now), features: features,
            outputs: outputs, anomalies: anomalies)
    }

    private func compared(_ variable: DriftReference.Variable, _ census: VariableCensus) -> DriftReport.Variable {
        let classes = variable.classCounts
        let rows = census.rowCount
        let present = (current: rows - census.missingCount, reference: plan.reference.rowCount - variable.missingCount)
        var result = DriftReport.Variable(
            name: variable.name, element: variable.element, rowCount: rows, level: .unknown, presentCounts: present,
            referenceMissingRate: Double(variable.missingCount) / Double(plan.reference.rowCount),
            classes: census.classes, referenceClasses: classes)
        guard rows > 0 else { return result }
        let psi = DriftStatistics.stabilityIndex(classes, census.classes)
        result.psi = psi
        result.missingRate = Double(census.missingCount) / Double(rows)
        result.outOfRangeRate = Double(census.outOfRangeCount) / Double(rows)
        if case .bins = variable.distribution, present.current > 0, present.reference > 0 {
            result.kolmogorovDistance = DriftStatistics.kolmogorovDistance(
                Array(classes.dropLast()), Array(census.classes.dropLast()))
        }
        if rows >= plan.settings.judgedRows {
            result.level =
                psi >= plan.settings.psiAlert ? .alert : psi >= plan.settings.psiWarning ? .warning : .stable
        }
        return result
    }

    private var anomalies: DriftReport.AnomalyRate {
        var result = DriftReport.AnomalyRate(
            rowCount: resultCount, referenceRate: plan.reference.anomalyRate, level: .unknown)
        guard resultCount > 0 else { return result }
        let rate = Double(anomalyCount) / Double(resultCount)
        result.rate = rate
        guard let reference = plan.reference.anomalyRate, reference > 0 else { return result }
        let change = rate / reference - 1
        result.change = change
        if resultCount >= plan.settings.judgedRows {
            result.level = abs(change) > DriftReport.anomalyRateChange ? .alert : .stable
        }
        return result
    }
}

import LinuxSystem
import Testing

@testable import ModelMonitoring

/// What a window remembers, what it says, and when it rings.
@Suite struct DriftWindowTests {
    private static func plan(rows: UInt64 = 1_600, seconds: UInt64 = 160, rate: Double? = 0.1) throws -> DriftPlan {
        var settings = DriftSettings()
        settings.windowRows = rows
        settings.windowSeconds = seconds
        let feature = DriftReference.Variable(
            name: "x", missingCount: 0,
            distribution: .bins(DriftReference.Bins(range: 0...9, edges: [5], counts: [500, 500])))
        return try DriftPlan(
            DriftReference(rowCount: 1_000, features: [feature], anomalyRate: rate), settings,
            for: DriftPlan.Model(outputs: [], featureCount: 1, featureNames: ["x"], isWide: false),
            instructions: .baseline)
    }

    private static func counts(_ plan: DriftPlan, low: Int, high: Int = 0, missing: Int = 0) -> DriftCounts {
        let ledger = DriftLedger(plan)
        let tally = ledger.makeTally(seed: 1)
        let values =
            Array(repeating: Float(1), count: low) + Array(repeating: Float(6), count: high)
            + Array(repeating: Float.nan, count: missing)
        guard tally.begin(rowCount: values.count) else { return DriftCounts(for: plan) }
        let array = AlignedArray(copying: values.span, filler: 0)
        array.withSpan { tally.count(features: $0) }
        tally.leave()
        var counts = DriftCounts(for: plan)
        ledger.take(into: &counts)
        return counts
    }

    @Test func `a window by rows keeps at least its rows and at most one pane more`() throws {
        let plan = try Self.plan()
        var window = DriftWindow(plan)
        for turn in 0..<200 {
            window.add(Self.counts(plan, low: 30), at: .milliseconds(10 * turn))
            let all = UInt64(30 * (turn + 1))
            #expect(window.rowCount >= min(all, 1_600))
            #expect(window.rowCount <= 1_600 + 100 + 30)
            #expect(window.panes.count <= 2 * DriftLimits.paneCount + 2)
        }
    }

    @Test func `a window by time forgets what is older`() throws {
        let plan = try Self.plan()
        var window = DriftWindow(plan)
        for second in 0..<400 {
            window.add(Self.counts(plan, low: 1), at: .seconds(second))
            #expect(window.rowCount <= 160 + 11)
            #expect(window.age(at: .seconds(second)) <= .seconds(171))
        }
        #expect(window.rowCount >= 160)
        window.add(DriftCounts(for: plan), at: .seconds(1_000))
        #expect(window.rowCount == 0)
        #expect(window.panes.isEmpty)
        #expect(window.counts.isEmpty)
    }

    @Test func `a report compares classes, missing values and the anomaly rate`() throws {
        let plan = try Self.plan()
        var window = DriftWindow(plan)
        #expect(window.report(at: .zero).level == .unknown)
        window.add(
            Self.counts(plan, low: 800, high: 400, missing: 50), resultCount: 1_250, anomalyCount: 200, at: .seconds(1))
        let report = window.report(at: .seconds(3))
        #expect(report.rowCount == 1_250)
        #expect(report.isJudged)
        #expect(report.age == .seconds(2))
        let feature = report.features[0]
        #expect(feature.classes == [800, 400, 50])
        #expect(feature.referenceClasses == [500, 500, 0])
        #expect(feature.missingRate == 0.04)
        #expect(feature.referenceMissingRate == 0)
        #expect(feature.outOfRangeRate == 0)
        #expect(feature.kolmogorovDistance.map { abs($0 - (800.0 / 1_200 - 0.5)) < 1e-12 } == true)
        #expect(feature.level == .alert)
        #expect(report.anomalies.rate == 0.16)
        #expect(report.anomalies.change.map { abs($0 - 0.6) < 1e-12 } == true)
        #expect(report.anomalies.level == .alert)
        #expect(report.level == .alert)
    }

    @Test func `few rows are not judged, and a reference without a rate compares none`() throws {
        let plan = try Self.plan(rate: nil)
        var window = DriftWindow(plan)
        #expect(plan.settings.judgedRows == DriftLimits.judgedRows)
        window.add(Self.counts(plan, low: 999), resultCount: 999, anomalyCount: 999, at: .zero)
        let report = window.report(at: .zero)
        #expect(!report.isJudged)
        #expect(report.features[0].psi.map { $0 > 1 } == true)
        #expect(report.features[0].level == .unknown)
        #expect(report.anomalies.change == nil)
        #expect(report.anomalies.level == .unknown)
    }

    // MARK: Alarms

    private static func report(_ psi: Double, change: Double? = nil, isJudged: Bool = true) -> DriftReport {
        let level: DriftReport.Level = isJudged ? .stable : .unknown
        let variable = DriftReport.Variable(
            name: "x", element: 0, rowCount: 1, level: level, psi: psi, presentCounts: (1, 1), referenceMissingRate: 0,
            classes: [], referenceClasses: [])
        return DriftReport(
            rowCount: 1, referenceRowCount: 1, isJudged: isJudged, age: .zero, features: [variable], outputs: [],
            anomalies: DriftReport.AnomalyRate(rowCount: 1, change: change, level: change == nil ? .unknown : level))
    }

    @Test func `an alarm rings once for each level, and again after a fall`() {
        var alarm = DriftAlarm(DriftSettings())
        let steps: [(Double, DriftReport.Level?)] = [
            (0.05, nil), (0.1, .warning), (0.2, nil), (0.09, nil), (0.11, nil), (0.079, nil), (0.12, .warning),
            (0.31, .alert), (0.5, nil), (0.25, nil), (0.31, nil), (0.2, nil), (0.3, .alert), (0.01, nil),
            (0.4, .alert),
        ]
        for (index, (psi, level)) in steps.enumerated() {
            let crossings = alarm.judged(Self.report(psi))
            #expect(crossings.map(\.level) == (level.map { [$0] } ?? []), "step \(index): \(psi)")
        }
    }

    @Test func `an anomaly rate rings in both directions, and too few rows never`() {
        var alarm = DriftAlarm(DriftSettings())
        #expect(alarm.judged(Self.report(0.9, change: 2, isJudged: false)) == [])
        let up = alarm.judged(Self.report(0, change: 0.7))
        #expect(up == [.init(subject: .anomalyRate, level: .alert, value: 0.7, threshold: 0.5)])
        #expect(alarm.judged(Self.report(0, change: 0.1)) == [])
        #expect(alarm.judged(Self.report(0, change: -0.6)).map(\.value) == [-0.6])
    }

    @Test func `plans that count alike let a window go on`() throws {
        let plan = try Self.plan()
        #expect(plan.countsAlike(try Self.plan()))
        #expect(!plan.countsAlike(try Self.plan(rows: 1_601)))
        #expect(!plan.countsAlike(try Self.plan(rate: 0.2)))
    }

    @Test func `a reference of another model is refused with what differs`() throws {
        let reference = try Self.plan().reference
        func sentence(_ model: DriftPlan.Model) -> String {
            do {
                _ = try DriftPlan(reference, DriftSettings(), for: model, instructions: .baseline)
                return ""
            } catch {
                return error.sentence
            }
        }
        #expect(
            sentence(DriftPlan.Model(outputs: [], featureCount: 2, featureNames: [], isWide: false))
                == "it describes 1 features, the model takes 2")
        #expect(
            sentence(DriftPlan.Model(outputs: [], featureCount: 1, featureNames: ["y"], isWide: false))
                == "feature 1 is 'x' there and 'y' in the model")
    }
}

import ModelMonitoring

/// The section `drift`.
extension RowanConfiguration {
    /// Reads how a model's rows are watched.
    static func drift(of message: MessageValue) throws(TextFormatFault) -> Drift? {
        guard let drift = message.message("drift") else { return nil }
        let file = drift.text("reference_file")
        if file.isEmpty {
            throw TextFormatFault(.meaningless("drift has no reference_file"), at: drift.position)
        }
        guard ModelName.isSafe(file) else {
            throw fault("reference_file", "reference_file '\(file)' is not the plain name of a file", drift)
        }
        var settings = DriftSettings()
        settings.windowRows = try count("window_rows", within: DriftLimits.windowRows, settings.windowRows, drift)
        settings.windowSeconds = try count(
            "window_seconds", within: DriftLimits.windowSeconds, settings.windowSeconds, drift)
        if drift.has("sample_fraction") {
            settings.sampleFraction = drift.real("sample_fraction")
            guard settings.sampleFraction > 0, settings.sampleFraction <= 1 else {
                throw fault("sample_fraction", "sample_fraction is not above 0 and up to 1", drift)
            }
        }
        settings.psiWarning = try threshold("psi_warning", settings.psiWarning, drift)
        settings.psiAlert = try threshold("psi_alert", max(settings.psiAlert, settings.psiWarning), drift)
        guard settings.psiWarning <= settings.psiAlert else {
            throw fault("psi_alert", "psi_alert is less than psi_warning", drift)
        }
        return Drift(
            referenceFile: file, settings: settings, position: drift.position,
            filePosition: drift.position(of: "reference_file"))
    }

    private static func count(
        _ field: String, within range: ClosedRange<UInt64>, _ usual: UInt64, _ message: MessageValue
    ) throws(TextFormatFault) -> UInt64 {
        guard message.has(field) else { return usual }
        let value = message.unsigned(field)
        guard range.contains(value) else {
            throw fault(field, "\(field) is not within \(range.lowerBound) to \(range.upperBound)", message)
        }
        return value
    }

    private static func threshold(
        _ field: String, _ usual: Double, _ message: MessageValue
    ) throws(TextFormatFault) -> Double {
        guard message.has(field) else { return usual }
        let value = message.real(field)
        guard value > 0, value.isFinite else { throw fault(field, "\(field) is not above 0", message) }
        return value
    }
}

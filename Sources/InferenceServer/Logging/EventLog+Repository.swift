import ModelRepository

/// What an operator hears about models.
extension EventLog {
    /// Writes what has no effect in a model's files.
    func note(_ finding: RepositoryReport.Finding) {
        write(.info, "note on a model", .init("note", finding.description))
    }
}

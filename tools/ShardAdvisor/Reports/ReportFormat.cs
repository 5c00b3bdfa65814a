namespace ServerlessScale.ShardAdvisor.Reports;

internal enum ReportFormat
{
    /// <summary>A table with lines and colours.</summary>
    Table,

    /// <summary>The same in Markdown, for documents, mails and pipes.</summary>
    Plain,

    /// <summary>A row a key.</summary>
    Csv,

    Json,
}

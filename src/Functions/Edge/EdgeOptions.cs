namespace ServerlessScale.Functions.Edge;

/// <summary>Settings <c>Edge:*</c>: what stands in front of the app.</summary>
internal sealed class EdgeOptions
{
    public const string Section = "Edge";

    /// <summary>
    /// Id of the only Azure Front Door profile whose requests are answered, a GUID as its header <c>X-Azure-FDID</c> says. Empty, the
    /// default, answers anyone.
    /// </summary>
    public string FrontDoorId { get; set; } = "";
}

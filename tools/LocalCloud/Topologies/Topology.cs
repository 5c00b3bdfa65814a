namespace ServerlessScale.Local.Topologies;

/// <summary>How the functions are divided among apps that start, scale and fail by themselves.</summary>
public enum Topology
{
    /// <summary>One app for everything.</summary>
    Monolith,

    /// <summary>An app for each capability, behind one edge; the code and the package are the same.</summary>
    Microservices,
}

using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Edge.Cache;

/// <summary>An origin's whole answer, in memory.</summary>
internal sealed record FetchedAnswer(int Status, IHeaderDictionary Headers, byte[] Body);

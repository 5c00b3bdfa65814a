using System.Globalization;
using System.Text.Json.Nodes;

namespace ServerlessScale.HttpFuzz;

/// <summary>Makes a valid request hostile. The changes depend only on the random numbers.</summary>
internal static class RequestMutations
{
    /// <param name="request">The valid request.</param>
    /// <param name="json">Its JSON body; null if it has none.</param>
    /// <param name="operation">The operation that the request calls.</param>
    /// <param name="random">Chooses the changes.</param>
    public static void Apply(FuzzRequest request, JsonNode? json, DescribedOperation operation, Random random)
    {
        // Every tenth request is valid, so that the fuzz also reaches the code after the validation.
        var changes = random.Next(10) switch { 0 => 0, < 7 => 1, < 9 => 2, _ => 4 };
        if (json is not null)
        {
            // A change of the body goes deepest, so most requests with a body have one.
            var inBody = changes > 0 && random.Next(10) < 7 ? random.Next(1, 3) : 0;
            request.Body = JsonMutations.Change(json, inBody, random, request.Mutations);
            changes -= Math.Min(changes, inBody);
        }

        for (; changes > 0; changes--)
        {
            switch (random.Next(20))
            {
                case < 5:
                    ChangeHeader(request, operation, random);
                    break;
                case < 10:
                    ChangePath(request, operation, random);
                    break;
                case < 14:
                    ChangeQuery(request, operation, random);
                    break;
                case < 16 when request.Body is { Length: > 0 } body:
                    request.Body = JsonMutations.Damage(body, random, request.Mutations);
                    break;
                case < 17:
                    request.Mutations.Add("content type");
                    request.Remove("Content-Type");
                    for (var copies = random.Next(10) switch { 0 => 0, 1 => 2, _ => 1 }; copies > 0; copies--)
                    {
                        request.Headers.Add(("Content-Type", Pick(HostileValues.ContentTypes, random)));
                    }

                    break;
                case < 18:
                    request.Mutations.Add("method");
                    request.Method = Pick(HostileValues.Methods, random);
                    request.MayCallAnother = true;
                    request.BreaksFraming |= request.Method == "CONNECT";
                    break;
                case < 19:
                    request.Mutations.Add("body without need");
                    request.Body ??= random.Next(2) == 0 ? "{}"u8.ToArray() : new byte[70_000];
                    break;
                default:
                    ChangeFraming(request, random);
                    break;
            }
        }
    }

    private static void ChangeHeader(FuzzRequest request, DescribedOperation operation, Random random)
    {
        string[] described = [.. operation.NamesOf("header"), "Authorization"];
        var name = random.Next(3) > 0 ? Pick(described, random) : Pick(HostileValues.HeaderNames, random);
        var kind = random.Next(12);
        request.Mutations.Add(string.Create(CultureInfo.InvariantCulture, $"header {name} {kind}"));
        request.BreaksFraming |= name is "Content-Length" or "Transfer-Encoding" or "Host" or ":path" or "Upgrade" or "Connection" or "Expect";
        request.EndsSending |= name is "Content-Length" or "Transfer-Encoding";
        switch (kind)
        {
            case 0:
                request.Remove(name);
                break;
            case 1:
                request.Headers.Add((name, Pick(HostileValues.Headers, random)));
                request.Headers.Add((name, Pick(HostileValues.Headers, random)));
                break;
            case 2 when random.Next(4) == 0:
                for (var copies = random.Next(2) == 0 ? 50 : 150; copies > 0; copies--)
                {
                    request.Headers.Add((name, "a"));
                }

                request.BreaksFraming = true;
                break;
            case 3 when request.Has((header, _) => header == "Authorization"):
                var token = request.Headers.First(header => header.Name == "Authorization").Value;
                var at = random.Next(7, Math.Max(8, token.Length));
                request.Set("Authorization", random.Next(3) switch
                {
                    0 => token[..Math.Min(at, token.Length)],
                    1 => $"{token[..Math.Min(at, token.Length)]}!{token[Math.Min(at, token.Length)..]}",
                    _ => token + "A",
                });
                break;
            default:
                var value = Pick(HostileValues.Headers, random);
                if (value.Any(c => c > '~') && random.Next(5) > 0)
                {
                    // The host refuses every such request before the app sees the request.
                    value = "a";
                }

                request.Set(name, value);
                request.BreaksFraming |= value.Length > 15_000 || value.Any(c => c < ' ');
                break;
        }
    }

    private static void ChangePath(FuzzRequest request, DescribedOperation operation, Random random)
    {
        var segments = request.Path.Split('/');
        var template = operation.Path.Split('/');
        var parameters = Enumerable.Range(1, Math.Min(template.Length, segments.Length) - 1).Where(index => template[index].StartsWith('{')).ToList();
        if (parameters.Count > 0 && random.Next(4) > 0)
        {
            var hostile = random.Next(HostileValues.Segments.Count);
            request.Mutations.Add(string.Create(CultureInfo.InvariantCulture, $"segment {hostile}"));
            segments[parameters[random.Next(parameters.Count)]] = HostileValues.Segments[hostile];
            request.Path = string.Join('/', segments);
            request.MayCallAnother = true;
            return;
        }

        var kind = random.Next(14);
        request.Mutations.Add(string.Create(CultureInfo.InvariantCulture, $"path {kind}"));
        request.MayCallAnother = true;
        request.Path = kind switch
        {
            0 => request.Path + "/",
            1 => request.Path + ".",
            2 => "/" + request.Path,
            3 => request.Path.ToUpperInvariant(),
            4 => request.Path.Replace("/", "//", StringComparison.Ordinal),
            5 => $"http://127.0.0.1{request.Path}",
            6 => request.Path.TrimStart('/'),
            7 => request.Path + "/" + Pick(HostileValues.Segments, random),
            8 => "/" + Pick(HostileValues.Segments, random) + request.Path,
            9 => "/x/.." + request.Path,
            10 => string.Concat(request.Path.Select(c => char.IsAsciiLetter(c) && random.Next(3) == 0 ? $"%{(int)c:x2}" : $"{c}")),
            11 => request.Path + "#fragment",
            12 => "*",
            _ => request.Path + "%20",
        };
        request.BreaksFraming |= kind is 6 or 12;
    }

    private static void ChangeQuery(FuzzRequest request, DescribedOperation operation, Random random)
    {
        string[] described = [.. operation.NamesOf("query")];
        var name = described.Length > 0 && random.Next(5) > 0 ? Pick(described, random) : "unknown";
        var kind = random.Next(10);
        request.Mutations.Add(string.Create(CultureInfo.InvariantCulture, $"query {name} {kind}"));
        switch (kind)
        {
            case 0:
                request.Query.Add((name, Pick(HostileValues.Queries, random)));
                request.Query.Add((name, Pick(HostileValues.Queries, random)));
                break;
            case 1:
                request.Query.Add((name, null));
                break;
            case 2:
                request.Query.Add((name.ToUpperInvariant(), Pick(HostileValues.Queries, random)));
                break;
            case 3:
                request.Query.Add((Pick(HostileValues.Queries, random), Pick(HostileValues.Queries, random)));
                break;
            case 4 when random.Next(3) == 0:
                request.Query.AddRange(Enumerable.Range(0, 1_200).Select(number => ($"q{number}", (string?)"")));
                break;
            case 5:
                request.Query.AddRange([("", null), ("", null), ("", ""), ("?", "?")]);
                break;
            case 6:
                request.Query.Add((name + "[]", "1"));
                break;
            default:
                request.Query.RemoveAll(parameter => parameter.Name == name);
                request.Query.Add((name, Pick(HostileValues.Queries, random)));
                break;
        }
    }

    private static void ChangeFraming(FuzzRequest request, Random random)
    {
        var kind = random.Next(12);
        request.Mutations.Add(string.Create(CultureInfo.InvariantCulture, $"framing {kind}"));
        request.BreaksFraming = kind > 3;
        request.EndsSending |= kind is 4 or 5 or 7 or 8;
        switch (kind)
        {
            case < 4:
                request.Chunks = (true, null);
                break;
            case 4:
                request.Chunks = (true, Pick(["-1", "zz", "ffffffffffffffffff", "5\r\nab", "1;" + new string('a', 5_000), ""], random));
                break;
            case 5:
                request.LengthError = 10;
                break;
            case 6 when request.Body is { Length: > 0 } body:
                request.LengthError = -random.Next(1, body.Length + 1);
                break;
            case 7:
                request.Headers.Add(("Transfer-Encoding", Pick(["chunked", "gzip", "chunked, chunked", "x"], random)));
                break;
            case 8:
                request.Headers.Add(("Content-Length", Pick(["-1", "abc", "5, 5", "99999999999999999999", "1e2", "+1"], random)));
                break;
            case 9:
                request.HasHost = false;
                break;
            case 10:
                request.Version = Pick(["HTTP/1.0", "HTTP/2.0", "HTTP/9", "http/1.1", "", "HTTP/1.1 x"], random);
                break;
            default:
                request.Headers.Add((Pick(["Bad Name", "", "\u0001", "Bad\tName"], random), "x"));
                break;
        }
    }

    private static T Pick<T>(IReadOnlyList<T> values, Random random) => values[random.Next(values.Count)];
}

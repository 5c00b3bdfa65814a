using System.Text;

namespace ServerlessScale.HttpFuzz;

/// <summary>Values that break naive servers. Text is in Latin-1: each character represents one byte on the wire.</summary>
internal static class HostileValues
{
    /// <summary>JSON values as they are written in the body, including text that is not JSON.</summary>
    public static IReadOnlyList<string> Json { get; } =
    [
        "null", "true", "false", "[]", "{}", "[null]", "[[]]", "{\"a\":1}",
        "0", "-0", "1", "-1", "100", "101", "999", "1000", "1001", "1.5", "1.0", "1e2", "1E400", "-1e400", "1e-400", "0.1", "2147483647",
        "2147483648",
        "-2147483649", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
        "1e18", "1e19", "99999999", "100000000", "NaN", "Infinity", "-Infinity", "01", "+1", ".5", "1.", "0x10", "1_000", "\"1\"", "\"1.5\"",
        "\"NaN\"",
        new string('9', 5_000), "1" + new string('0', 400), "0." + new string('0', 5_000) + "1",
        "\"\"", "\" \"", "\"a\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"a\\udfff\"", "\"\\ud83d\\ude00\"",
        "\"\\ufffe\\uffff\"",
        "\"\\u202eabc\\u202c\"", "\"\\u200b\\u200d\\ufeff\"", "\"\\u007f\\u0085\\u009f\"", "\"\\u2028\\u2029\"", "\"\\r\\nX-Injected: 1\"",
        "\"\\t\\b\\f\"",
        "\"\\x41\"", "\"\\u12\"", "\"\\\"", "\"unterminated", "'single'", "\"\u0000\"", "\"\u0001\u001f\"", "\"\n\"",
        "\"" + Utf8("e\u0301\u0302\u0303") + "\"", "\"" + string.Concat(Enumerable.Repeat(Utf8("\u0301"), 2_000)) + "\"",
        "\"" + Utf8("\u05d0\u202e\u0645") + "\"",
        "\"" + Utf8("\ud835\udd4f\ud83d\udc68\u200d\ud83d\udc69") + "\"", "\"" + Utf8("\u00df\u0130\u0131\u017f\ufb03") + "\"",
        "\"\xff\xfe\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"",
        Quoted(' ', 300), Quoted('a', 63), Quoted('a', 64), Quoted('a', 65), Quoted('a', 100), Quoted('a', 200), Quoted('a', 201), Quoted('a', 255),
        Quoted('a', 256), Quoted('a', 257),
        Quoted('a', 1_000), Quoted('a', 2_001), Quoted('a', 5_001), Quoted('a', 33_000), Quoted('a', 70_000), Quoted('a', 1_100_000),
        "\"" + string.Concat(Enumerable.Repeat("\\ud83d\\ude00", 5_000)) + "\"", "\"" + string.Concat(Enumerable.Repeat("\\u0000", 5_000)) + "\"",
        "\"../../etc/passwd\"", "\"a/b\\\\c#d?e\"", "\"' or 1 eq 1 or PartitionKey eq '\"", "\"%00%2f%0a\"", "\"{0} {x}\"", "\"${jndi:x}\"",
        "\"<script>\"", "\"=1+1\"", "\"*\"", "\".\"", "\"..\"",
        "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.9999999-14:00\"", "\"0001-01-01T00:00:00+14:00\"", "\"2026-11-31T00:00:00Z\"",
        "\"2026-11-30T24:00:00Z\"", "\"2026-11-30T23:59:60Z\"", "\"2026-11-30\"", "\"2026-11-30T00:00:00.00000000000000000001Z\"",
        "\"http://\"", "\"https://[::1\"", "\"https://user:pw@host/\"", "\"javascript:1\"", "\"https://xn--/\"", "\"https://xn--a\\u0000/\"",
        "\"https://\\u4f8b.jp/\"", "\"https://a..b/\"", "\"https://host:99999/\"", "\"https://host:-1/\"", "\"https://0x7f.1/\"",
        "\"https://\\ud800/\"", "\"//host/\"", "\"https:\\\\\\\\host\"", "\"https://a%00b/\"", "\"file:///etc/passwd\"",
        "\"https://" + new string('a', 300) + ".example/\"", "\"https://example.com/" + new string('a', 3_000) + "\"",
        "\"eur\"", "\"EURO\"", "\"XXX\"", "\"JPY\"", "\"KWD\"", "\"E\\u00dcR\"", "\"paid\"", "\"PAID\"", "\"cancelled\"", "\"shipped\"",
        "\"image/tiff\"", "\"image/JPEG; x=y\"", "\"v2\"",
        "{\"Host\":\"x\"}", "{\"webhook-id\":\"x\"}", "{\"X\":\"a\\r\\nb\"}", "{\"X Y\":\"a\"}", "{\"\":\"\"}", "{\"X\":null}", "{\"X\":\"\\ud83d\"}",
        "{\"Content-Length\":\"1\"}", "{\"X\":\"a\",\"x\":\"b\"}", "{\"X\":\"a\",\"X\":\"b\"}", "{\"__proto__\":\"a\"}", "{\"\\ud800\":\"a\"}",
        "{\"$type\":\"System.Object\"}",
        Repeated("[", "1", "]", 60), Repeated("[", "1", "]", 70), Repeated("[", "1", "]", 10_000), Repeated("{\"a\":", "1", "}", 70),
        new string('[', 50_000), string.Concat(Enumerable.Repeat("{\"a\":", 20_000)),
        $"[{string.Join(',', Enumerable.Repeat("1", 20_000))}]", $"[{string.Join(',', Enumerable.Repeat("\"order.created\"",
        200))}]", $"[{string.Join(',', Enumerable.Repeat("{}", 300))}]",
        $"{{{string.Join(',', Enumerable.Range(0, 2_000).Select(number => $"\"X-{number}\":\"a\""))}}}", "// comment\n1", "/**/1", "1,", "", ",", "undefined", "\u0000",
    ];

    /// <summary>Segments of a path.</summary>
    public static IReadOnlyList<string> Segments { get; } =
    [
        "%00", "a%00", "%2e%2e", "..", ".", "%2e", "%2f", "a%2fb", "%252f", "%252e%252e", "..%2f..", "%5c", "a%5cb", "..;", ";a=b", "%ff", "%c0%af",
        "%ed%a0%80", "%f4%90%80%80",
        "%E2%80%AE", "%CC%81", "%F0%9F%98%80", "%", "%z", "%zz", "%0", "a%0d%0ab", "%09", "%7f", "%c2%80", "%c2%9f", "%23", "%3f", "a%3fb%23c", "%27",
        "%27%20or%201%20eq%201", "%22", "+", "*", "~", "$", "!", "-", "_", "--",
        "none", "NONE", "null", "undefined", "0", "-1", "1e9", "9223372036854775808", "00000000-0000-0000-0000-000000000000", "{id}", "%7bid%7d",
        "a b", "a\tb", "\u00e9", "\u00ff\u00fe", Utf8("\u0130"), "a.", "a.json", "a%20", "%20", "%20%20a", "a,b", "a&b=c", "a:b", "a@b", "[::1]",
        "a|b", "<a>", "\"a\"",
        "w480.webp", "480.webp", "99999999999999999999.webp", "-1.webp", "w0.webp", "w480.webp%00", "480.webp.", "480", "original", "ep_", "ep_none",
        "dlv_", "dlv_none", "evt_none", "202611-", "209913-aaaaaaaaaaaaaaaaaaaaaaaaaa", "000000-00000000000000000000000000",
        "01KBA000000000000000000000", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        new string('a', 63), new string('a', 64), new string('a', 65), new string('a', 300), new string('a', 1_025), new string('a', 2_000),
        new string('a', 7_000), new string('a', 9_000), string.Concat(Enumerable.Repeat("%41", 600)),
        string.Concat(Enumerable.Repeat("%E2%82%AC", 300)), string.Concat(Enumerable.Repeat("%2e%2e%2f", 50)),
    ];

    /// <summary>Values of a header.</summary>
    public static IReadOnlyList<string> Headers { get; } =
    [
        "", " ", ",", ",,,", ";", "\"", "\"\"", "\"a", "a\"", "*", "*, *", "W/", "W/\"", "W/\"a\"", "w/\"a\"", "\"a\", \"b\"", "\"1\",\"1\"", "\"1\"",
        "1", "-1", "0", "9223372036854775808", "99999999999999999999", "NaN", "true", "null", "a b", "a\tb", "a=b", "a=\"b", "=", "{}", "[]", "%00",
        "%zz", "\\", "\u00e9", Utf8("\u20ac"), "\u0080", "\u007f", "\u0001",
        "bytes=0-0", "bytes=0-", "bytes=-1", "bytes=-0", "bytes=5-1", "bytes=", "bytes=-", "bytes=a-b", "bytes=0-0,2-3",
        "bytes=99999999999999999999-", "bytes=0-99999999999999999999", "bytes=9223372036854775807-", "bytes=-9223372036854775808", "BYTES=0-1",
        "bytes = 0 - 1", "items=0-1", "bytes=" + string.Join(',', Enumerable.Repeat("0-0", 1_000)),
        "Mon, 30 Nov 2026 00:00:00 GMT", "Sun, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "Mon, 31 Feb 2026 00:00:00 GMT",
        "2026-11-30T00:00:00Z", "yesterday", "Monday, 30-Nov-26 00:00:00 GMT", "-62135596801",
        "Bearer", "Bearer ", "Bearer a", "Bearer a.b", "Bearer a.b.c", "Bearer ..", "Bearer a.b.c.d.e", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
        "Bearer eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6Ii4uLy4uIn0.e30.AAAA", "bearer x", "Basic YTpi", "Basic",
        "Digest x", "Bearer a, Bearer b", "Bearer " + new string('a', 8_000), "Bearer " + new string('.', 5_000),
        "application/json", "application/json;q=0", "text/html;q=1.5", "*/*;q=abc", "text/*, */*;q=0.1",
        string.Join(',', Enumerable.Repeat("a/b", 2_000)), "gzip", "identity;q=0", "gzip, gzip, gzip", "br;q=1,*;q=0", "chunked, chunked",
        "100-continue", "something-else", "close", "keep-alive, Upgrade", "websocket", "h2c", "trailers",
        "sid=", "sid=a", "sid=\"a\"", "sid=%00", "sid=a; sid=b", "sid", "; ; ;", "sid=" + new string('a', 5_000),
        "a=b; " + string.Join("; ", Enumerable.Repeat("c=d", 500)),
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-00000000000000000000000000000000-0000000000000000-00", "ff-x", "127.0.0.1",
        "::1", "[", "127.0.0.1, " + new string('1', 500), "https://evil.example", "http://[", "localhost:99999", "a:b:c", "/api/orders", "null",
        "DELETE", "for=\"[::1]\";proto=x",
        new string('a', 255), new string('a', 256), new string('a', 512), new string('a', 513), new string('a', 2_000), new string('a', 16_000),
        new string('a', 40_000),
        new string('"', 300), new string(',', 3_000), string.Join(',', Enumerable.Repeat("\"a\"", 2_000)), "\"" + new string('a',
        300) + "\"", ":YWJj:", "?1", "(a b)", "\"a\\\"b\"", "\"a\\b\"",
    ];

    /// <summary>The names of headers that a server may interpret.</summary>
    public static IReadOnlyList<string> HeaderNames { get; } =
    [
        "Idempotency-Key", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range", "Accept", "Accept-Encoding",
        "Accept-Language", "Accept-Charset", "Authorization", "Cookie", "Origin",
        "Consistency-Token", "Content-Type", "Content-Encoding", "Content-Language", "Content-Range", "Content-Disposition", "Content-MD5", "Expect",
        "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Via", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
        "X-Original-URL", "X-HTTP-Method-Override", "X-Azure-FDID", "X-Azure-ClientIP", "traceparent", "tracestate", "baggage", "Request-Id",
        "Correlation-Context", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Date", "Prefer", "Max-Forwards", "Pragma",
        "Cache-Control",
        "Referer", "User-Agent", "From", "x-ms-client-principal", "x-ms-invocation-id", "x-ms-version", "x-functions-key", "Host", "X-Unknown",
        "Sec-Fetch-Site", "DNT", "Last-Event-ID", "Proxy-Authorization", "Http2-Settings", ":path", "a", "A_B", "$", "Content-Length",
        "Transfer-Encoding", "Server-Timing", "X-Cold-Start",
    ];

    public static IReadOnlyList<string> ContentTypes { get; } =
    [
        "", "text/plain", "application/json; charset=utf-16", "application/json; charset=bogus", "application/json; charset=",
        "application/json; charset=\"utf-8\"", "application/json; charset=iso-8859-1", "application/json; charset=utf-7", "application/json;",
        "application/json; ;", "application/json, text/plain", "application/*", "*/*", "/", ";", "json", "application", "APPLICATION/JSON",
        "application/problem+json", "application/merge-patch+json", "application/json+x",
        "multipart/form-data", "multipart/form-data; boundary=", "application/x-www-form-urlencoded", "image/jpeg", "image/png", "image/webp",
        "image/svg+xml", "image/gif; x=y", "image/", "application/octet-stream", "application/json; charset=utf-8; charset=utf-16",
        "application/json; a=\"", "application/json; " + new string('a', 5_000), "application/json\t", "application /json", "application/xml",
    ];

    public static IReadOnlyList<string> Queries { get; } =
    [
        "", "0", "-1", "1", "100", "101", "1.5", "1e2", "+1", "%2B1", "%201", "1%20", "1%00", "%00", "9223372036854775808", "-2147483649",
        "99999999999999999999999", "abc", "null", "true", "[]", "%5B%5D", "%27", "%22", "%zz", "%", "%ff", "%c0%af", "%ed%a0%80", "%E2%80%AE",
        "%EF%BC%91", "%D9%A1", "\u00e9", "a%0d%0ab", "a%26b", "a=b=c", "..", "*", "AAAA", "====", "eyJ9", "e30", "e30%3D", "-_-_", "////",
        new string('A', 1_000), new string('A', 7_000),
        "2026-13", "2026-00", "0000-01", "0001-01", "9999-12", "2026-1", "20261", "-001-01", "2026-11-30T00:00:00Z", "2026-11-30T00:00:00+00:00",
        "2026-11-30T00:00:00%2B00:00", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00",
        "2026-11-30", "1", "pending", "PENDING", "pending,failed", "order.created", "order.*", "ep_none", "ep_", "ep_" + new string('a', 2_000),
    ];

    public static IReadOnlyList<string> Methods { get; } =
    [
        "GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE", "TRACE", "PROPFIND", "LINK", "QUERY", "get", "Post", "FOO", "A", "M-SEARCH",
        "CONNECT", new string('X', 300), "G\u00c4T", "GET,POST", "$",
    ];

    private static string Quoted(char character, int count) => $"\"{new string(character, count)}\"";

    private static string Repeated(string open, string inner, string close, int count) =>
        string.Concat(Enumerable.Repeat(open, count)) + inner + string.Concat(Enumerable.Repeat(close, count));

    private static string Utf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}

using System.Collections.Frozen;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Catalogue;

/// <summary>
/// The currency codes in ISO 4217 List One (2026), except those for funds, precious metals, bond market units and testing.
/// </summary>
public static class Currencies
{
    /// <summary>
    /// The regular expression (ECMA-262) in the API description. The description does not list the codes, because a generated client would
    /// then reject currencies that a later version of this list contains.
    /// </summary>
    public const string Pattern = "^[A-Z]{3}$";

    private const string Codes =
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC "
        + "CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR "
        + "ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
        + "MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE "
        + "SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF "
        + "XPF YER ZAR ZMW ZWG";

    private static readonly FrozenSet<string> Known = Codes.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// Returns whether the list contains a code. The comparison is case-sensitive, because the standard defines the codes in upper case.
    /// </summary>
    public static bool Contains(string code) => Known.Contains(code);

    /// <returns>Null when the currency is valid. Otherwise a 422 <c>currency-unknown</c> problem.</returns>
    public static Problem? Check(string currency) => Contains(currency)
        ? null
        : new(422, "currency-unknown", "The currency is unknown", "Send an ISO 4217 alphabetic code in upper case, such as EUR.")
        {
            Pointer = "/currency",
        };
}

using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace ServerlessScale.OpenApi;

/// <summary>A type of problem (RFC 9457) that the app's code creates.</summary>
/// <param name="Status">The HTTP status code; null if the code computes it.</param>
/// <param name="Code">The code in kebab case, which is the end of the problem's <c>type</c>.</param>
/// <param name="Title">The title.</param>
/// <param name="Detail">An example of the detail, in which <c>…</c> replaces each value that the code inserts.</param>
internal sealed record ProblemType(int? Status, string Code, string Title, string Detail);

/// <summary>
/// Finds the types of problems in compiled code. An expression such as <c>new Problem(404, "order-not-found", "The order does not exist",
/// "...")</c> loads its arguments in this order, followed by the call of the constructor (ECMA-335 section III.4.21).
/// </summary>
internal static partial class ProblemTypes
{
    private const string ConstructedType = "Problem";

    private static readonly Dictionary<short, OpCode> OpCodes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <returns>The types of problems by code and then by status. Code that creates the same problem at several places gives one type.</returns>
    public static ILookup<string, ProblemType> Of(LoadedApp app) => app.Assemblies
        .SelectMany(assembly => In(assembly.Location))
        .DistinctBy(problem => (problem.Code, problem.Status))
        .ToLookup(problem => problem.Code);

    private static List<ProblemType> In(string path)
    {
        using var file = File.OpenRead(path);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        var found = new List<ProblemType>();
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0)
            {
                continue;
            }

            var code = image.GetMethodBody(method.RelativeVirtualAddress).GetILContent();
            var instructions = Instructions(code, metadata).ToList();
            found.AddRange(
                from index in Enumerable.Range(0, instructions.Count)
                where instructions[index].Constructs
                select Before(instructions[..index]) into problem
                where problem is not null
                select problem);
        }

        return found;
    }

    /// <summary>Finds the arguments of the constructor among the instructions before its call.</summary>
    private static ProblemType? Before(List<Instruction> instructions)
    {
        for (var title = instructions.Count - 1; title >= 1; title--)
        {
            if (instructions[title].Constructs)
            {
                return null; // The arguments before this instruction belong to another problem.
            }

            if (instructions[title - 1].Text is { } code && instructions[title].Text is { } text && Kebab().IsMatch(code) && text.Contains(' ', StringComparison.Ordinal))
            {
                var status = title >= 2 ? instructions[title - 2].Number : null;
                var detail = string.Join("…", instructions.Skip(title + 1).Select(instruction => instruction.Text).Where(part => part is not null));
                return new ProblemType(status is >= 400 and < 600 ? status : null, code, text, detail.Length == 0 ? $"{text}." : detail);
            }
        }

        return null;
    }

    private static IEnumerable<Instruction> Instructions(ImmutableArray<byte> code, MetadataReader metadata)
    {
        for (var at = 0; at < code.Length;)
        {
            var first = code[at++];
            var value = first == 0xFE ? (short)(0xFE00 | code[at++]) : first;
            var operation = OpCodes[value];
            var operand = at;
            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * Int32(code, operand)),
                _ => 4,
            };
            yield return operation.OperandType switch
            {
                OperandType.InlineString => new Instruction(
                    Text: metadata.GetUserString((UserStringHandle)MetadataTokens.Handle(Int32(code, operand))), null, false),
                OperandType.InlineI => new Instruction(null, Number: Int32(code, operand), false),
                OperandType.InlineMethod when operation == System.Reflection.Emit.OpCodes.Newobj =>
                    new Instruction(null, null, IsProblem(MetadataTokens.EntityHandle(Int32(code, operand)), metadata)),
                _ => new Instruction(null, null, false),
            };
        }
    }

    private static bool IsProblem(EntityHandle constructor, MetadataReader metadata) => constructor.Kind switch
    {
        HandleKind.MethodDefinition => metadata.GetString(
            metadata.GetTypeDefinition(metadata.GetMethodDefinition((MethodDefinitionHandle)constructor).GetDeclaringType()).Name) == ConstructedType,
        HandleKind.MemberReference when metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent is { Kind: HandleKind.TypeReference } parent =>
            metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)parent).Name) == ConstructedType,
        _ => false,
    };

    private static int Int32(ImmutableArray<byte> code, int at) => BitConverter.ToInt32(code.AsSpan()[at..]);

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    private static partial Regex Kebab();

    /// <param name="Text">The string that the instruction loads; null for other instructions.</param>
    /// <param name="Number">The 32-bit integer that the instruction loads; null for other instructions.</param>
    /// <param name="Constructs">Whether the instruction creates a problem.</param>
    private sealed record Instruction(string? Text, int? Number, bool Constructs);
}

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <summary>Compiles a set of security groups into the form that every NIC with exactly these groups shares.</summary>
/// <remarks>
/// The rules are counted first, each as often as its address group has prefixes, and refused when they might pass the memory budget:
/// nothing large is allocated before. Everything after is linear in that count, but for sorting.
/// </remarks>
internal sealed class FormCompiler
{
    /// <summary>Code of the error for rules that need more memory than is left.</summary>
    public const string CompiledMemoryCode = "limit.compiledMemory";

    /// <summary>
    /// Most octets that one rule at one prefix needs, once compiled: 53 for two pieces of IPv6 addresses, with their sets and prefixes; 73 for
    /// an allow set, as a list or a row; 33 for the prefix and the rows that name the rule. Real rule sets need a quarter of it.
    /// </summary>
    public const long MaxOctetsPerRow = 192;

    /// <summary>Most octets that a form needs before its first rule: four tables, whose empty trees and lists fill up to cache lines.</summary>
    public const long MaxOctetsOfForm = 1024;

    private readonly IReadOnlyDictionary<string, AddressGroup> _addressGroups;
    private readonly Func<string, int> _groupNumber;
    private readonly TableRules[] _tables = [new(), new(), new(), new()];

    private FormCompiler(IReadOnlyDictionary<string, AddressGroup> addressGroups, Func<string, int> groupNumber)
    {
        _addressGroups = addressGroups;
        _groupNumber = groupNumber;
    }

    /// <summary>Compiles groups of a valid policy.</summary>
    /// <param name="blocks">The groups with their rule numbers, in ordinal order of their ids.</param>
    /// <param name="addressGroups">The address groups of the policy.</param>
    /// <param name="groupNumber">The number that stands for a security group in the membership index.</param>
    /// <param name="budgetOctets">Memory that the form may take.</param>
    /// <param name="form">The form.</param>
    /// <param name="error">Why there is none.</param>
    public static bool TryCompile(
        ImmutableArray<RuleBlock> blocks,
        IReadOnlyDictionary<string, AddressGroup> addressGroups,
        Func<string, int> groupNumber,
        long budgetOctets,
        [NotNullWhen(true)] out CompiledForm? form,
        [NotNullWhen(false)] out PolicyError? error)
    {
        FormCompiler compiler = new(addressGroups, groupNumber);
        long octets = MaxOctetsOfForm + (compiler.CountRows(blocks) * MaxOctetsPerRow);
        bool fits = octets <= budgetOctets;
        form = fits ? compiler.Compile(blocks) : null;
        error = fits ? null : TooLarge(blocks, octets, budgetOctets);
        return fits;
    }

    private static PolicyError TooLarge(ImmutableArray<RuleBlock> blocks, long octets, long budgetOctets) => new(
        "securityGroups",
        CompiledMemoryCode,
        $"The rules of {string.Join(", ", blocks.Select(block => $"'{block.Group.Id}'"))} may need {octets} octets compiled and {budgetOctets} "
        + $"are left; use fewer rules or prefixes, or raise {nameof(PolicyLimits)}.{nameof(PolicyLimits.MaxCompiledOctets)}.");

    private long CountRows(ImmutableArray<RuleBlock> blocks) => blocks.Sum(block => block.Group.Rules.Sum(rule =>
        rule.Remote.Kind == RemoteKind.AddressGroup ? _addressGroups[rule.Remote.Id!].Addresses.Length : 1L));

    private CompiledForm Compile(ImmutableArray<RuleBlock> blocks)
    {
        int[] firstRules = new int[blocks.Length];
        int count = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            firstRules[i] = count;
            foreach (SecurityGroupRule rule in blocks[i].Group.Rules)
            {
                Add(rule, count++);
            }
        }

        RuleTable[] tables = [.. _tables.Select((rules, table) => RuleTableCompiler.Compile((Ethertype)(table & 1), rules))];
        bool stateful = blocks.All(block => block.Group.Stateful);
        return new CompiledForm(tables, stateful, firstRules, [.. blocks.Select(block => block.First)]);
    }

    private void Add(SecurityGroupRule rule, int number)
    {
        // A rule that states no ethertype cannot be in a group; were it there, it would match nothing.
        if (rule.Ethertype is not { } ethertype || !ServiceRange.TryCreate(rule, out ServiceRange range))
        {
            return;
        }

        TableRules table = _tables[MatchKey.TableOf(rule.Direction, ethertype)];
        RuleRow row = new(range.Low, range.High, number);
        switch (rule.Remote.Kind)
        {
            case RemoteKind.Any:
                table.AnyRemote.Add(row);
                break;
            case RemoteKind.SecurityGroup:
                table.AddGroup(_groupNumber(rule.Remote.Id!), row);
                break;
            case RemoteKind.Network:
                table.AddPrefixes([rule.Remote.Prefix!], ethertype, row);
                break;
            case RemoteKind.AddressGroup:
                table.AddPrefixes(_addressGroups[rule.Remote.Id!].Addresses, ethertype, row);
                break;
        }
    }
}

using System.Net;

namespace SecurityGroups;

/// <summary>
/// The other end of a rule, whichever the direction. Immutable. As remotes 0.0.0.0/0 and ::/0 mean what <see cref="Any"/> means in a rule
/// of their ethertype.
/// </summary>
public sealed record Remote
{
    private Remote(RemoteKind kind, Cidr? prefix, string? id)
    {
        Kind = kind;
        Prefix = prefix;
        Id = id;
    }

    /// <summary>Every address: the world.</summary>
    public static Remote Any { get; } = new(RemoteKind.Any, null, null);

    /// <summary>What kind of remote this is.</summary>
    public RemoteKind Kind { get; }

    /// <summary>The prefix of a <see cref="RemoteKind.Network"/>, otherwise null.</summary>
    public Cidr? Prefix { get; }

    /// <summary>The id of the security group or address group, otherwise null.</summary>
    public string? Id { get; }

    /// <summary>Whether every address of the rule's ethertype matches: <see cref="Any"/>, or a prefix of length 0.</summary>
    internal bool IsEveryAddress => Kind == RemoteKind.Any || Prefix is { PrefixLength: 0 };

    /// <summary>The addresses of a prefix, in strict CIDR text; a bare address is a /32 or /128.</summary>
    /// <exception cref="FormatException">The text is not strict CIDR.</exception>
    public static Remote Network(string cidr) => Network(Cidr.Parse(cidr));

    /// <summary>The addresses of a prefix.</summary>
    public static Remote Network(Cidr prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return new Remote(RemoteKind.Network, prefix, null);
    }

    /// <summary>The addresses of a prefix of System.Net; an IPv4-mapped one is unmapped.</summary>
    /// <exception cref="ArgumentException">The network is 0.0.0.0/0, which is also what <c>default</c> is: the world is <see cref="Any"/>.</exception>
    public static Remote Network(IPNetwork network) => Network(Cidr.FromNetwork(network));

    /// <summary>One address; an IPv4-mapped one is unmapped.</summary>
    public static Remote Address(IPAddress address) => Network(Cidr.FromAddress(address));

    /// <summary>The addresses of the NICs attached to a security group of the same policy.</summary>
    public static Remote SecurityGroup(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return new Remote(RemoteKind.SecurityGroup, null, id);
    }

    /// <summary>The prefixes of an address group of the same policy.</summary>
    public static Remote AddressGroup(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return new Remote(RemoteKind.AddressGroup, null, id);
    }

    /// <summary>The remote as <c>any</c>, <c>10.0.0.0/8</c>, <c>group:db</c> or <c>addresses:office</c>.</summary>
    public override string ToString() => Kind switch
    {
        RemoteKind.Network => Prefix!.Text,
        RemoteKind.SecurityGroup => $"group:{Id}",
        RemoteKind.AddressGroup => $"addresses:{Id}",
        _ => "any",
    };
}

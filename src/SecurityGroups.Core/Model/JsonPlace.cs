using System.Globalization;
using System.Text;

namespace SecurityGroups;

/// <summary>
/// Where a value stands in a document: a chain of members and indexes towards the root, a few octets a step, written out as a path only for an
/// error.
/// </summary>
internal sealed class JsonPlace
{
    private readonly JsonPlace? _parent;
    private readonly string? _member;
    private readonly int _index;

    private JsonPlace(JsonPlace? parent, string? member, int index) => (_parent, _member, _index) = (parent, member, index);

    public static JsonPlace Root { get; } = new(null, null, 0);

    public JsonPlace Member(string name) => new(this, name, 0);

    public JsonPlace Item(int index) => new(this, null, index);

    /// <summary>The path: <c>securityGroups[0].rules[2]</c>; the root is <c>$</c>.</summary>
    public override string ToString()
    {
        StringBuilder path = new();
        Append(path);
        return path.Length == 0 ? "$" : path.ToString();
    }

    private void Append(StringBuilder path)
    {
        if (_parent is null)
        {
            return;
        }

        _parent.Append(path);
        if (_member is null)
        {
            path.Append(CultureInfo.InvariantCulture, $"[{_index}]");
        }
        else
        {
            path.Append(path.Length == 0 ? "" : ".").Append(AddressText.Shown(_member));
        }
    }
}

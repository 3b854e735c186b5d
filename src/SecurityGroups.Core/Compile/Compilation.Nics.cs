using System.Collections.Immutable;
using SecurityGroups.Match;

namespace SecurityGroups.Compile;

/// <content>NICs: their bindings, tracking zones and membership.</content>
internal sealed partial class Compilation
{
    private void Unbind(Nic nic)
    {
        NicBinding binding = _previous.Ruleset.Nics[_nicSlots[nic.Id]]!;
        _nicSlots = _nicSlots.Without(nic.Id);
        _bindings[binding.Slot] = null;
        _retiredZones.Add(binding.Zone);
        ChangeMembership(nic, joins: false);
    }

    private void Bind(Nic? before, Nic after)
    {
        _nicSlots = _nicSlots.With(after.Id, out int slot);
        _networks = _networks.With(after.NetworkId, out int network);
        NicBinding? old = before is null ? null : _previous.Ruleset.Nics[slot];
        int formSlot = after.NicSecurity ? _formSlots[FormUse.Of(after).Key] : -1;
        bool stateful = after.NicSecurity && _forms[formSlot]!.Form.IsStateful;
        bool keepsConnections = old is not null && old.SecurityOn == after.NicSecurity && old.Stateful == stateful && old.Network == network;
        _bindings[slot] = new NicBinding
        {
            Id = after.Id,
            Incarnation = old?.Incarnation ?? _identities.NewIncarnation(after.Id, slot),
            Slot = slot,
            FormSlot = formSlot,
            Zone = keepsConnections ? old!.Zone : ReplaceZone(after.Id, old),
            ChangedAt = _stamp,
            Network = network,
            SecurityOn = after.NicSecurity,
            Stateful = stateful,
            Owned = after.AddressChecks ? NicCompiler.Owned(after) : null,
            Broadcasts = NicCompiler.Broadcasts(after),
            Mac = NicCompiler.Mac(after),
            VlanIds = NicCompiler.VlanIds(after),
            LinkType = _nicCompiler.LinkType(after),
            Infrastructure = _nicCompiler.Infrastructure(after),
            Tracking = _nicCompiler.Tracking(after),
        };
        if (keepsConnections && old!.Tracking.MaxConnections == 0 && _bindings[slot]!.Tracking.MaxConnections != 0)
        {
            _limitedZones.Add(old.Zone);
        }

        if (before is not null)
        {
            ChangeMembership(before, joins: false);
        }

        ChangeMembership(after, joins: true);
    }

    // A new zone is how a NIC forgets its connections.
    private uint ReplaceZone(string nicId, NicBinding? old)
    {
        if (old is not null)
        {
            _retiredZones.Add(old.Zone);
        }

        return _identities.NewZone(nicId);
    }

    private void RebindWhereStatefulChanged()
    {
        if (!_difference.SecurityGroups.Set.Any(change => change.Before is { } before && before.Stateful != change.After.Stateful))
        {
            return;
        }

        foreach (NicBinding nic in _previous.Ruleset.Nics.All())
        {
            if (nic.SecurityOn && !_bindings.ContainsKey(nic.Slot) && _forms[nic.FormSlot]!.Form.IsStateful != nic.Stateful)
            {
                _bindings[nic.Slot] = nic with { ChangedAt = _stamp, Stateful = !nic.Stateful, Zone = ReplaceZone(nic.Id, nic) };
            }
        }
    }

    private void ChangeMembership(Nic nic, bool joins)
    {
        int network = _networks[nic.NetworkId];
        _networkUsers[nic.NetworkId] = _networkUsers.GetValueOrDefault(nic.NetworkId) + (joins ? 1 : -1);
        ImmutableArray<int> groups = ImmutableArray.CreateRange(FormUse.GroupsOf(nic), id => _groups[id]);
        foreach (Cidr address in MemberAddresses.Of(nic))
        {
            _memberChanges.Add(new MemberChange(network, address.Ethertype, address.Bits, address.PrefixLength, groups, joins));
        }
    }
}

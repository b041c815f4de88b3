import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addressProblem, canonicalAddress, canonicalEndpoint, cidrProblem, parseAddress } from '../../scripts/inventory/addresses.ts';

test('an address is the same however it is written', () => {
  const same = [
    ['2001:db8::1', '2001:DB8:0:0:0:0:0:1', '2001:0db8:0000::0001', '2001:db8::0.0.0.1'],
    ['10.0.0.1', '::ffff:10.0.0.1', '::ffff:a00:1', '0:0:0:0:0:ffff:0a00:0001'],
    ['::', '0::0', '0:0:0:0:0:0:0:0'],
    ['1::', '1:0:0:0:0:0:0:0'],
    ['fd00::1:0:0:1', 'fd00:0:0:0:1::1'],
  ];
  for (const spellings of same) assert.is(new Set(spellings.map(canonicalAddress)).size, 1, spellings.join(' '));
  assert.is(new Set(same.flat().map(canonicalAddress)).size, same.length);
});

test('an address has the bits that it says', () => {
  assert.equal(parseAddress('192.168.1.2'), { family: 4, bits: 0xc0a80102n });
  assert.equal(parseAddress('1:2:3:4:5:6:7:8'), { family: 6, bits: 0x00010002000300040005000600070008n });
  assert.equal(parseAddress('a::b'), { family: 6, bits: (0xan << 112n) | 0xbn });
});

test('an address that no node has is refused with the reason', () => {
  for (const good of [
    '10.0.0.1',
    '192.168.101.196',
    '8.8.8.8',
    '2001:db8::1',
    'fd00::1',
    '169.254.1.1',
    '::ffff:10.0.0.1',
    '223.255.255.255',
  ])
    assert.is(addressProblem(good), undefined, good);
  const bad = [
    '0.0.0.0',
    '127.0.0.1',
    '::',
    '::1',
    '224.0.0.1',
    '239.1.1.1',
    '255.255.255.255',
    'ff02::1',
    'fe80::1',
    'febf::1',
    '::ffff:127.0.0.1',
    '10.0.0.256',
    '1.2.3',
    '010.0.0.1',
    '1:2',
    'fe80::1%eth0',
    ':::',
    '1.2.3.4:5',
  ];
  for (const address of bad) assert.ok(addressProblem(address), address);
});

test('an address range has an address, a length, and no bits beyond it', () => {
  for (const good of ['0.0.0.0/0', '::/0', '10.0.0.0/8', '10.0.0.1/32', '2001:db8::/32', '192.168.101.0/24'])
    assert.is(cidrProblem(good), undefined, good);
  for (const bad of [
    '10.0.0.0/33',
    '10.0.0.1/8',
    '10.0.0/8',
    '::/129',
    '2001:db8::1/32',
    '10.0.0.0/08',
    '10.0.0.0',
    '::ffff:10.0.0.0/104',
    '/8',
  ])
    assert.ok(cidrProblem(bad), bad);
});

test('an endpoint is the same with and without its default port, in any case', () => {
  assert.is(canonicalEndpoint('https://API.example'), canonicalEndpoint('https://api.example:443'));
  assert.is(canonicalEndpoint('https://[2001:db8:0::1]:6443'), canonicalEndpoint('https://[2001:DB8::1]:6443'));
  assert.is.not(canonicalEndpoint('https://api.example:1'), canonicalEndpoint('https://api.example:2'));
  for (const bad of ['https://', 'https://a:99999', 'https://[::1', 'https://a:b', 'https://a:0'])
    assert.is(canonicalEndpoint(bad), undefined, bad);
});

test.run();

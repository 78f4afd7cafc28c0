// Addresses and networks of IP as text.

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;

export function isAddress(text: string, version: 4 | 6): boolean {
  return version === 4 ? IPV4.test(text) : /^[0-9a-fA-F:.]+$/.test(text) && URL.canParse(`http://[${text}]/`);
}

/** An address and how many of its first bits the network has: `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  const { address = "", bits = "" } = /^(?<address>[^/]+)\/(?<bits>\d{1,3})$/.exec(text)?.groups ?? {};
  if (isAddress(address, 4)) return bits !== "" && Number(bits) <= 32;
  return isAddress(address, 6) && bits !== "" && Number(bits) <= 128;
}

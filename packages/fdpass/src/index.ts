export { Channel, type ChannelOptions, DamagedPacketError, type Packet, type Received, type Sent } from "./channel.ts";
export { NumberedChannel } from "./numbered-channel.ts";
export { closeAll, controlSpace, MAX_DESCRIPTORS, packRights, unpackRights } from "./rights.ts";
